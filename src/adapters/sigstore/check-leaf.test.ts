import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkLeaf, identityOfLeaf, parseCertificate } from './check-leaf.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-leaf-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A certificate with these extensions, made by OpenSSL. */
function certificate(...extensions: readonly string[]) {
  const out = join(folder, 'leaf.pem')
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=x'],
      ...['-keyout', join(folder, 'key.pem'), '-out', out],
      ...extensions.flatMap((extension) => ['-addext', extension]),
    ],
    { stdio: 'ignore' },
  )
  return parseCertificate(readFileSync(out, 'utf8'))
}
const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return process.env.SALLYPORT_REQUIRE === '1'
  }
})()

const CODE = 'extendedKeyUsage=codeSigning'
const LEAF = 'basicConstraints=critical,CA:FALSE'
const der = (text: string) => {
  const bytes = Buffer.from(text)
  const length = bytes.length < 128 ? [bytes.length] : [0x81, bytes.length]
  return Buffer.concat([Buffer.from([0x0c, ...length]), bytes])
}
const issuer = (value: Buffer, id = [1, 3, 6, 1, 4, 1, 57264, 1, 8]) => ({ oid: { id }, value })
const OLD = [1, 3, 6, 1, 4, 1, 57264, 1, 1]

test.skipIf(!hasOpenssl)(
  'a certificate for signing code passes; an authority’s and one for servers do not',
  () => {
    expect(() => checkLeaf(certificate(LEAF, CODE))).not.toThrow()
    expect(() => checkLeaf(certificate(CODE))).toThrow(/that of an authority/)
    expect(() => checkLeaf(certificate(LEAF, 'extendedKeyUsage=serverAuth'))).toThrow(/not for signing code/)
    expect(() => checkLeaf(certificate(LEAF))).toThrow(/not for signing code/)
  },
)

test.skipIf(!hasOpenssl)('one e-mail or URI is an identity; two names, other names and none are not', () => {
  const extensions = [issuer(der('https://issuer.example'))]
  const identity = (name: string) =>
    identityOfLeaf(certificate(`subjectAltName=${name}`), extensions).identity
  expect(identity('email:a@example.com')).toBe('a@example.com')
  expect(identity('URI:https://ci.example/a@refs/heads/main')).toBe('https://ci.example/a@refs/heads/main')
  for (const name of [
    'email:a@example.com,email:b@example.com',
    'email:a@example.com,URI:https://ci.example',
    'DNS:ci.example',
    'otherName:1.3.6.1.4.1.57264.1.7;UTF8:a',
  ])
    expect(() => identity(name), name).toThrow(/exactly one e-mail or URI/)
  expect(() => identityOfLeaf(certificate(LEAF), extensions)).toThrow(/exactly one e-mail or URI/)
})

test.skipIf(!hasOpenssl)('the issuer is read in both forms, and is one', () => {
  const leaf = certificate('subjectAltName=email:a@example.com')
  const provider = (...extensions: Parameters<typeof identityOfLeaf>[1] & object) =>
    identityOfLeaf(leaf, extensions).identityProvider
  const long = `https://issuer.example/${'x'.repeat(150)}`
  expect(provider(issuer(der('https://issuer.example')))).toBe('https://issuer.example')
  expect(provider(issuer(der(long)))).toBe(long)
  expect(provider(issuer(Buffer.from('https://old.example'), OLD))).toBe('https://old.example')
  // The newer form counts where both are there.
  expect(provider(issuer(Buffer.from('https://old.example'), OLD), issuer(der('https://new.example')))).toBe(
    'https://new.example',
  )
  for (const extensions of [
    [],
    [issuer(der('https://a.example')), issuer(der('https://b.example'))],
    [issuer(Buffer.from('https://raw.example'))],
    [issuer(Buffer.from([0x0c, 0x05, 0x61]))],
  ])
    expect(() => provider(...extensions)).toThrow(/exactly one OIDC issuer/)
})
