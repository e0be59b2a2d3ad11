import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readOmsBundle, readOmsStatement } from '../../src/formats/oms/index.ts'
import { readPemCertificates } from '../../src/ground/crypto/index.ts'
import { type BelievedSigner, verifyModel } from '../../src/services/signing/index.ts'
import { DEPS, refusalOf } from './workbench.ts'

const VECTORS = join(import.meta.dirname, '../vectors/model-transparency')
const SPEC = join(import.meta.dirname, '../vectors/model-signing-spec')
const read = (name: string) => readFileSync(join(VECTORS, name), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'sallyport-historical-'))
afterAll(() => rmSync(folder, { recursive: true }))

const BELIEVED: Readonly<Record<string, BelievedSigner>> = {
  certificate: {
    kind: 'certificate',
    roots: readPemCertificates(read('ca-cert.pem'), 'ca-cert.pem'),
    label: 'root-ca',
  },
  'elliptic-key': { kind: 'key', publicKeyPem: read('signing-key-pub.pem'), label: 'key' },
  sigstore: {
    kind: 'keyless',
    identity: 'stefanb@us.ibm.com',
    identityProvider: 'https://sigstore.verify.ibm.com/oauth2',
    label: 'stefan',
  },
}
/** The same methods, and nobody who signed. */
const STRANGERS: Readonly<Record<string, BelievedSigner>> = {
  certificate: {
    kind: 'certificate',
    roots: readPemCertificates(read('ca-cert.pem'), 'ca-cert.pem'),
    identity: 'somebody else',
    label: 'x',
  },
  'elliptic-key': {
    kind: 'key',
    publicKeyPem:
      '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEdZqdl4C16fOBhnVzU0J5IfTPAqsg\nUsIPMB2kGUcbQGFnVbt3NTtoaB0sHqRHQhZqyXjKzIZrRXGPQ8e8iJQ6mA==\n-----END PUBLIC KEY-----\n',
    label: 'x',
  },
  sigstore: {
    kind: 'keyless',
    identity: 'stefanb@us.ibm.co',
    identityProvider: 'https://sigstore.verify.ibm.com/oauth2',
    label: 'x',
  },
}

const methodOf = (name: string) => name.replace(/^v[0-9.]+-/, '')

/** Releases before 1.0.1 signed single files under the name "."; the model is that file then. */
function verify(name: string, model: string, believed: BelievedSigner, bundle?: Uint8Array) {
  const signaturePath = join(model, 'model.sig')
  const bytes = bundle ?? readFileSync(signaturePath)
  const isSingle = readOmsStatement(readOmsBundle(bytes).payload).resources[0]?.file === '.'
  return verifyModel(DEPS, {
    path: isSingle ? join(model, 'signme-1') : model,
    ...{ bundle: bytes, signaturePath, believed: [believed], ignorePaths: [join(model, 'ignore-me')] },
    ...{ ignoreGitPaths: true, ignoreUnsignedFiles: name === '' },
  })
}

const NAMES = readdirSync(VECTORS).filter((name) => name.startsWith('v'))

describe('signatures of every release of the reference', () => {
  test('all thirteen are here', () => {
    expect(NAMES).toHaveLength(13)
  })

  test.for(NAMES)(
    '%s verifies; another signer, one changed byte and one byte of the statement do not',
    async (name) => {
      const method = methodOf(name)
      const [believed, stranger] = [BELIEVED[method], STRANGERS[method]]
      if (believed === undefined || stranger === undefined) throw new Error(`no signer for ${method}`)
      const model = join(VECTORS, name)
      const { files, signer } = await verify(name, model, believed)
      expect(files).toBeGreaterThan(0)
      expect(signer.method).toBe(believed.kind)
      expect(await refusalOf(verify(name, model, stranger))).toMatch(/^(SIGNER_UNTRUSTED|KEY_INVALID)/)

      const copy = join(folder, name)
      cpSync(model, copy, { recursive: true })
      writeFileSync(join(copy, 'signme-1'), `${readFileSync(join(copy, 'signme-1'), 'utf8').slice(0, -1)}!`)
      expect(await refusalOf(verify(name, copy, believed))).toMatch(
        /^SIGNATURE_INVALID: .*changed.*"signme-1"/,
      )

      copyFileSync(join(model, 'signme-1'), join(copy, 'signme-1'))
      const bundle = JSON.parse(readFileSync(join(copy, 'model.sig'), 'utf8'))
      const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64')
      payload.write('s', payload.indexOf('signme-1') + 3)
      bundle.dsseEnvelope.payload = payload.toString('base64')
      expect(await refusalOf(verify(name, copy, believed, Buffer.from(JSON.stringify(bundle))))).toMatch(
        /^SIGNATURE_INVALID/,
      )
    },
  )
})

describe('vectors of the specification', () => {
  const readVector = (kind: string, name: string) => readFileSync(join(SPEC, kind, name))
  const all = (kind: string) => readdirSync(join(SPEC, kind)).map((name) => [kind, name] as const)

  test.for(all('valid'))('%s/%s is read', ([kind, name]) => {
    expect(readOmsStatement(readOmsBundle(readVector(kind, name)).payload).version).toBe('v1.0')
  })
  test.for([...all('invalid'), ...all('invalid-payload')])('%s/%s is refused', async ([kind, name]) => {
    const judge = async () => {
      const bundle = readOmsBundle(readVector(kind, name))
      const believed =
        BELIEVED[
          { key: 'elliptic-key', certificate: 'certificate', keyless: 'sigstore' }[bundle.material.kind]
        ]
      if (believed?.kind === 'keyless') await (await DEPS.keyless(undefined)).verify(bundle.json, believed)
      return readOmsStatement(bundle.payload)
    }
    expect(await refusalOf(judge())).toMatch(/^[A-Z_]+: /)
  })
})
