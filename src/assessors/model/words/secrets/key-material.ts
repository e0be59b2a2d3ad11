/** Base64 characters of a private key that are decoded; an RSA key of 16,384 bits has 12,000. */
const MAX_KEY_CHARS = 20_000

/** Whether the text from a PEM line on holds a private key: base64 that begins as its DER or OpenSSH structure does. RFC 7468. */
export function privateKeyAt(text: string, at: number): string | undefined {
  const part = text
    .slice(at, at + MAX_KEY_CHARS)
    .replaceAll('\\n', '\n')
    .replaceAll('\\r', '')
  const label = /^-----BEGIN ([A-Z ]{0,20}PRIVATE KEY)-----/.exec(part)
  if (label?.[1] === undefined) return undefined
  const body = part.slice(label[0].length).split('-----', 1)[0] ?? ''
  const lines = body.split('\n').filter((line) => !/^(?:Proc-Type|DEK-Info):/.test(line.trim()))
  const base64 = lines.join('').replace(/[\s"',\\]/g, '')
  if (base64.length < 60 || !/^[A-Za-z0-9+/]+=*$/.test(base64)) return undefined
  const bytes = Buffer.from(base64, 'base64')
  const isOpenSsh = bytes.subarray(0, 14).toString('latin1') === 'openssh-key-v1'
  const isEncrypted = /DEK-Info/.test(body)
  if (!isOpenSsh && !isEncrypted && !isDerSequence(bytes)) return undefined
  return label[1].toLowerCase()
}

/** A DER SEQUENCE whose length fits what is there. X.690, 8.1.3. */
function isDerSequence(bytes: Buffer): boolean {
  if (bytes[0] !== 0x30) return false
  const first = bytes[1] ?? 0
  if (first < 0x80) return first + 2 <= bytes.length + 4
  const size = first & 0x7f
  if (size < 1 || size > 2) return false
  const length = size === 1 ? (bytes[2] ?? 0) : ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)
  return length + 2 + size <= bytes.length + 4
}

/** Whether a JSON Web Token has a header that names an algorithm. RFC 7515. The token of jwt.io's front page is known to all. */
export function isSignedJwt(token: string): boolean {
  const [header = '', claims = '', signature = ''] = token.split('.')
  if (signature.length < 20) return false
  const head = parse(header)
  const body = parse(claims)
  if (head === undefined || body === undefined || !/"alg"\s*:\s*"(?:HS|RS|ES|PS|Ed)/.test(head)) return false
  // What only signs a digest, as the `verifyToken` of a model card on Hugging Face, opens nothing to who holds it.
  if (!CLAIMS.test(body)) return false
  return !body.includes('John Doe') && !body.includes('1234567890')
}

/** Claims of who somebody is, what is allowed, or until when. RFC 7519, section 4.1, and those of usual issuers. */
const CLAIMS =
  /"(?:iss|sub|aud|exp|nbf|iat|jti|azp|scope|scp|roles?|user\w{0,20}|uid|email|name|client_?id|org\w{0,20}|permissions?|sid|key|id)"\s*:/i

function parse(part: string): string | undefined {
  const text = Buffer.from(part, 'base64url').toString('utf8')
  return text.startsWith('{') && text.endsWith('}') ? text : undefined
}
