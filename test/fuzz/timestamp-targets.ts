import { readCertificate, readTimestamp } from '../../src/formats/timestamp/index.ts'

/** A TimeStampResp that OpenSSL's authority made, with its certificate. */
const RESPONSE = Buffer.from(
  [
    'MIIDtjADAgEAMIIDrQYJKoZIhvcNAQcCoIIDnjCCA5oCAQMxDzANBglghkgBZQMEAgEFADB5BgsqhkiG9w0BCRABBKBqBGgwZgIB',
    'AQYEKgMEATAxMA0GCWCGSAFlAwQCAQUABCClQ5l9hPEnmDUMCb3vLNsXG/Qe0+Sl+AivL+sMViYwCQIBAhgPMjAyNjExMjEyMDU4',
    'MDRaMAoCAQGAAgH0gQFkAggnjE+Yo8oDSqCCAa8wggGrMIIBUKADAgECAhQp5Ly2im3hCpgyUrUJixjk+M75RzAKBggqhkjOPQQD',
    'AjAoMRcwFQYDVQQKDA5TYWxseXBvcnQgdGVzdDENMAsGA1UEAwwEcm9vdDAeFw0yNjExMjEyMDU4MDJaFw0yNjEyMjEyMDU4MDJa',
    'MCYxFzAVBgNVBAoMDlNhbGx5cG9ydCB0ZXN0MQswCQYDVQQDDAJlYzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJ4ytx64n8ly',
    'Mgup2qs7FeeHEJlT4yYJAB+wEoZ8hwKSjFzA9iVcFwBjGT9VZJ2Q92eHATmgHianFXNjW4JPoGGjWjBYMBYGA1UdJQEB/wQMMAoG',
    'CCsGAQUFBwMIMB0GA1UdDgQWBBRhJ6oUfigZczwYzuRqs0eHrGOtqzAfBgNVHSMEGDAWgBTItEaS53FoBzkrx0/yJtEbMH2g/zAK',
    'BggqhkjOPQQDAgNJADBGAiEA9wssG76taLbgWQGThiZMJ5l7QsqWAkHCioFcc2BygAoCIQCs0oVTNUhYHgzrbZQlF4HgDGwOOMvb',
    'CJ7lxHsUBHRp8zGCAVQwggFQAgEBMEAwKDEXMBUGA1UECgwOU2FsbHlwb3J0IHRlc3QxDTALBgNVBAMMBHJvb3QCFCnkvLaKbeEK',
    'mDJStQmLGOT4zvlHMA0GCWCGSAFlAwQCAQUAoIGkMBoGCSqGSIb3DQEJAzENBgsqhkiG9w0BCRABBDAcBgkqhkiG9w0BCQUxDxcN',
    'MjYxMTIxMjA1ODA0WjAvBgkqhkiG9w0BCQQxIgQgfzgk/qZpQ6cxYBY6d2n/JbaDT33IQnvyd7BI++s+lLwwNwYLKoZIhvcNAQkQ',
    'Ai8xKDAmMCQwIgQgj81e9kJtNwbmn9y/R3XLxjkqklcUCRPe91oPMth3HkMwCgYIKoZIzj0EAwIERzBFAiBGZD07d7qCVDVpxlBW',
    'pnGfD73P0zbkMFEEObhgVu6a4AIhAIb9wRT6bHagbTKtUprAKVyRfJVcvqjjrRduJILjzLUA',
  ].join(''),
  'base64',
)
/** Where the certificate begins in it. */
const CERTIFICATE_AT = RESPONSE.indexOf(Buffer.from('308201', 'hex'), 200)

/** Parsers of timestamps. */
export const TIMESTAMP_TARGETS = [
  {
    name: 'timestamp',
    seeds: [new Uint8Array(RESPONSE)],
    run: async (bytes: Uint8Array) => readTimestamp(bytes),
  },
  {
    name: 'timestamp-certificate',
    seeds: [new Uint8Array(RESPONSE.subarray(CERTIFICATE_AT))],
    run: async (bytes: Uint8Array) => readCertificate(bytes),
  },
]
