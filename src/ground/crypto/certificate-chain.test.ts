import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { verifyCertificateChain } from './certificate-chain.ts'
import { type Certificate, readCertificate, readPemCertificates } from './certificates.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-chain-'))
afterAll(() => rmSync(folder, { recursive: true }))
const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })

const keys = new Set<string>()
function keyOf(name: string, kind = 'EC'): string {
  const path = `${name}.key`
  if (!keys.has(path))
    openssl(
      'genpkey',
      '-algorithm',
      kind,
      '-out',
      path,
      '-pkeyopt',
      kind === 'EC' ? 'ec_paramgen_curve:P-256' : 'rsa_keygen_bits:1024',
    )
  keys.add(path)
  return path
}

const AUTHORITY = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign']
const LEAF = [
  'basicConstraints=critical,CA:FALSE',
  'keyUsage=critical,digitalSignature',
  'extendedKeyUsage=codeSigning',
]

let serial = 1
/** A certificate by openssl; `by` is the name of the one that issues it, itself when absent. */
function issue(
  name: string,
  extensions: readonly string[],
  by = name,
  more: { subject?: string; hash?: string; kind?: string; days?: string } = {},
): Certificate {
  const key = keyOf(name, more.kind)
  writeFileSync(join(folder, 'ext'), extensions.join('\n'))
  openssl('req', '-new', '-key', key, '-subj', `/CN=${more.subject ?? name}`, '-out', 'csr')
  const signer = by === name ? ['-signkey', key] : ['-CA', `${by}.pem`, '-CAkey', `${by}.key`]
  openssl(
    'x509',
    '-req',
    '-in',
    'csr',
    '-extfile',
    'ext',
    '-days',
    more.days ?? '2',
    '-set_serial',
    String(serial++),
    `-${more.hash ?? 'sha256'}`,
    ...signer,
    '-out',
    `${name}.pem`,
  )
  const [certificate] = readPemCertificates(readFileSync(join(folder, `${name}.pem`), 'utf8'), name)
  if (certificate === undefined) throw new Error('openssl wrote nothing')
  return certificate
}

const root = issue('root', AUTHORITY)
const middle = issue('middle', AUTHORITY, 'root')
const leaf = issue(
  'leaf',
  [...LEAF, 'subjectAltName=email:ml@example.com,URI:https://example.com/ci,DNS:ci.example.com'],
  'middle',
)
// An hour on: the certificates below are made while this runs.
const NOW = Date.now() + 3_600_000
const DAY = 86_400_000

const verify = (
  one: Certificate,
  intermediates: readonly Certificate[],
  more: { roots?: readonly Certificate[]; at?: number } = {},
) =>
  verifyCertificateChain({
    leaf: one,
    intermediates,
    roots: more.roots ?? [root],
    at: more.at ?? NOW,
    purpose: 'codeSigning',
  })

test('a chain over an authority to a root is found, leaf first', () => {
  expect(verify(leaf, [middle])).toEqual([leaf, middle, root])
  expect(leaf.alternativeNames).toEqual(['ml@example.com', 'https://example.com/ci', 'ci.example.com'])
})

test('what a signature brings along in any order, and more than is needed, does not matter', () => {
  expect(verify(leaf, [leaf, root, middle])).toEqual([leaf, middle, root])
})

test('a leaf that is believed itself needs nobody above it', () => {
  expect(verify(leaf, [], { roots: [leaf] })).toEqual([leaf])
})

describe('refused', () => {
  const notForSigning = issue(
    'tls',
    ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=serverAuth'],
    'middle',
  )
  const silent = issue('silent', ['basicConstraints=CA:FALSE'], 'middle')
  const encipher = issue(
    'encipher',
    ['keyUsage=critical,keyEncipherment', 'extendedKeyUsage=codeSigning'],
    'middle',
  )
  const byLeaf = issue('by-leaf', LEAF, 'leaf')
  const short = issue(
    'short',
    ['basicConstraints=critical,CA:TRUE,pathlen:0', 'keyUsage=critical,keyCertSign'],
    'root',
  )
  const below = issue('below', AUTHORITY, 'short')
  const deep = issue('deep', LEAF, 'below')
  const noSign = issue('no-sign', ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,cRLSign'], 'root')
  const byNoSign = issue('by-no-sign', LEAF, 'no-sign')
  const tlsOnly = issue('tls-only', [...AUTHORITY, 'extendedKeyUsage=serverAuth'], 'root')
  const byTlsOnly = issue('by-tls-only', LEAF, 'tls-only')
  const strange = issue('strange', [...LEAF, '1.2.3.4=critical,DER:0500'], 'middle')
  const weak = issue('weak', LEAF, 'middle', { hash: 'sha1' })
  const small = issue('small', LEAF, 'middle', { kind: 'RSA' })
  const impostor = issue('impostor', AUTHORITY, 'impostor', { subject: 'root' })
  const byImpostor = issue('by-impostor', LEAF, 'impostor')

  test.for<readonly [string, () => unknown, RegExp]>([
    ['without the authority between', () => verify(leaf, []), /no believed root has issued "CN=leaf"/],
    ['under another root', () => verify(leaf, [middle], { roots: [impostor] }), /no believed root/],
    ['by an authority that only bears the name', () => verify(byImpostor, [impostor]), /no believed root/],
    ['after its time', () => verify(leaf, [middle], { at: NOW + 3 * DAY }), /expired/],
    ['before its time', () => verify(leaf, [middle], { at: NOW - DAY }), /does not hold before/],
    ['for other purposes', () => verify(notForSigning, [middle]), /not for codeSigning/],
    ['without saying what for', () => verify(silent, [middle]), /does not say what it is for/],
    ['with a key usage that may not sign', () => verify(encipher, [middle]), /lacks digitalSignature/],
    ['issued by a leaf', () => verify(byLeaf, [leaf, middle]), /no certificate authority/],
    ['too far below', () => verify(deep, [below, short]), /allows 0 authorities below it, and 1 follow/],
    ['issued by an authority that may not', () => verify(byNoSign, [noSign]), /lacks keyCertSign/],
    [
      'issued by an authority for other purposes',
      () => verify(byTlsOnly, [tlsOnly]),
      /may not issue certificates for codeSigning/,
    ],
    [
      'with a critical extension that nobody understands',
      () => verify(strange, [middle]),
      /not understood: 1\.2\.3\.4/,
    ],
    ['signed over SHA-1', () => verify(weak, [middle]), /no longer holds/],
    ['with a short RSA key', () => verify(small, [middle]), /below 2048 bits/],
    [
      'with a heap of certificates',
      () =>
        verify(
          leaf,
          Array.from({ length: 33 }, () => middle),
        ),
      /more than 32/,
    ],
  ])('%s', ([, work, why]) => {
    expect(work).toThrow(
      expect.objectContaining({ code: 'SIGNER_UNTRUSTED', message: expect.stringMatching(why) }),
    )
  })
})

test('a certificate cut anywhere, or with one bit turned, is refused or another one: never a crash', () => {
  for (let at = 0; at < leaf.der.length; at++) {
    expect(() => readCertificate(leaf.der.subarray(0, at))).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT' }),
    )
    const turned = Buffer.from(leaf.der)
    turned[at] = (turned[at] ?? 0) ^ (1 << (at % 8))
    try {
      expect(() => verify(readCertificate(turned), [middle])).toThrow()
    } catch (error) {
      expect(error).toMatchObject({ code: 'BAD_INPUT' })
    }
  }
})
