import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A timestamp authority made with OpenSSL, and everything that can be wrong with one. */
export interface Tsa {
  readonly folder: string
  /** DER of the root. */
  readonly root: Uint8Array
  readonly rootPem: string
  /** DER of the response to a request, signed by the named certificate. */
  reply(request: Uint8Array, by?: TsaSigner, digest?: string): Buffer
  /** A request by OpenSSL itself. */
  query(data: Uint8Array, args?: readonly string[]): Buffer
  /** A response around any TSTInfo, signed as CMS by a certificate that an authority's own tool would refuse. */
  forge(info: Uint8Array, by: TsaSigner, args?: readonly string[]): Buffer
  close(): void
}

/** Signers of the authority, by what is wrong with them. */
export type TsaSigner =
  | 'good'
  | 'ec'
  | 'deep'
  | 'expired'
  | 'no-eku'
  | 'not-critical'
  | 'two-usages'
  | 'not-ca'
  | 'other-root'

const CONFIG = `
[ tsa ]
default_tsa = tsa1
[ tsa1 ]
serial = ./serial
crypto_device = builtin
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = ESS
[ ca ]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[ good ]
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
[ no-eku ]
keyUsage = digitalSignature
[ not-critical ]
extendedKeyUsage = timeStamping
[ two-usages ]
extendedKeyUsage = critical,timeStamping,codeSigning
[ plain ]
basicConstraints = critical,CA:false
`

/** @param ess how the certificate is bound: ESSCertID (sha1) or ESSCertIDv2 (sha256) */
export function makeTsa(ess = 'sha256'): Tsa {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-tsa-'))
  const openssl = (args: readonly string[], input?: Uint8Array) =>
    execFileSync('openssl', args, {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(input ? { input } : {}),
    })
  const name = (file: string) => join(folder, file)
  mkdirSync(folder, { recursive: true })
  writeFileSync(name('openssl.cnf'), CONFIG.replace('ESS', ess))
  writeFileSync(name('serial'), '01')
  const key = (file: string, kind: 'rsa' | 'ec') =>
    kind === 'rsa'
      ? openssl(['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', `${file}.key`])
      : openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', `${file}.key`])
  const issue = (file: string, ca: string, section: string, days = ['-days', '30']) => {
    openssl([
      'req',
      '-new',
      '-key',
      `${file}.key`,
      '-subj',
      `/O=Sallyport test/CN=${file}`,
      '-out',
      `${file}.csr`,
    ])
    const from =
      ca === file ? ['-signkey', `${ca}.key`] : ['-CA', `${ca}.pem`, '-CAkey', `${ca}.key`, '-CAcreateserial']
    openssl([
      ...['x509', '-req', '-in', `${file}.csr`, ...from, '-out', `${file}.pem`],
      ...['-extfile', 'openssl.cnf', '-extensions', section, ...days],
    ])
  }
  for (const root of ['root', 'stranger']) {
    key(root, 'ec')
    issue(root, root, 'ca')
  }
  for (const [file, ca, section, kind] of [
    ['middle', 'root', 'ca', 'ec'],
    ['false-middle', 'root', 'plain', 'ec'],
    ['good', 'root', 'good', 'rsa'],
    ['ec', 'root', 'good', 'ec'],
    ['deep', 'middle', 'good', 'ec'],
    ['not-ca', 'false-middle', 'good', 'ec'],
    ['other-root', 'stranger', 'good', 'ec'],
  ] as const) {
    key(file, kind)
    issue(file, ca, section)
  }
  // The tool of an authority refuses to sign with these, so that they lend their names to certificates of the same key.
  for (const section of ['no-eku', 'not-critical', 'two-usages'] as const) {
    key(section, 'ec')
    issue(section, 'root', section)
  }
  key('expired', 'ec')
  issue('expired', 'root', 'good', ['-days', '-1'])
  const chainOf = { deep: 'middle', 'not-ca': 'false-middle', 'other-root': 'stranger' } as Record<
    string,
    string
  >
  for (const [file, ca] of Object.entries(chainOf))
    writeFileSync(name(`${file}.chain`), readFileSync(name(`${ca}.pem`)))
  return {
    folder,
    root: openssl(['x509', '-in', 'root.pem', '-outform', 'DER']),
    rootPem: readFileSync(name('root.pem'), 'utf8'),
    query: (data, args = ['-sha256', '-cert']) => {
      writeFileSync(name('data'), data)
      return openssl(['ts', '-query', '-data', 'data', ...args])
    },
    reply: (request, by = 'good', digest = 'sha256') => {
      writeFileSync(name('request'), request)
      const chain = chainOf[by] === undefined ? [] : ['-chain', `${by}.chain`]
      return openssl([
        ...['ts', '-reply', '-config', 'openssl.cnf', '-queryfile', 'request', `-${digest}`],
        ...['-signer', `${by}.pem`, '-inkey', `${by}.key`, ...chain],
      ])
    },
    forge: (info, by, args = ['-cades']) => {
      writeFileSync(name('info'), info)
      const type = ['-econtent_type', '1.2.840.113549.1.9.16.1.4', '-nodetach', '-binary', '-outform', 'DER']
      const signer = ['-signer', `${by}.pem`, '-inkey', `${by}.key`, '-md', 'sha256']
      const token = openssl(['cms', '-sign', '-in', 'info', ...type, ...signer, ...args])
      const body = Buffer.concat([Buffer.from('3003020100', 'hex'), token])
      return Buffer.concat([Buffer.from([0x30, 0x82, body.length >> 8, body.length & 0xff]), body])
    },
    close: () => rmSync(folder, { recursive: true }),
  }
}
