import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openModelFiles } from '../../src/adapters/model-files/index.ts'
import { openFileKey } from '../../src/adapters/signer-files/index.ts'
import {
  embeddedTrustConfig,
  makeBundleChecker,
  makeKeylessVerifier,
} from '../../src/adapters/sigstore/index.ts'
import { pae } from '../../src/ground/crypto/index.ts'
import { SallyportError } from '../../src/ground/lang/index.ts'
import {
  type BelievedSigner,
  type SignRequest,
  signModel,
  type VerifyDeps,
  type VerifyRequest,
  verifyModel,
} from '../../src/services/signing/index.ts'

/** Signing and verifying with the real files, keys and Sigstore trust root of this house. */
export const DEPS: VerifyDeps = {
  files: openModelFiles({
    workerUrl: new URL('../../src/adapters/model-files/hash-worker.ts', import.meta.url),
  }),
  now: () => new Date(),
  keyless: async () => makeKeylessVerifier(makeBundleChecker(embeddedTrustConfig())),
}

/** A folder that goes away with {@link Bench.close}, and a key of its own. */
export interface Bench {
  readonly folder: string
  readonly key: string
  readonly believed: BelievedSigner
  /** Writes files below the folder; contents by name. */
  write(files: Readonly<Record<string, string>>): void
  close(): void
}

/** A new bench with a key on a curve. */
export function openBench(namedCurve = 'P-256'): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-oms-'))
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
  const key = join(folder, 'key.pem')
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  const publicKeyPem = String(publicKey.export({ type: 'spki', format: 'pem' }))
  return {
    ...{ folder, key },
    believed: { kind: 'key', publicKeyPem, label: 'test' },
    write: (files) => {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true })
        writeFileSync(join(folder, name), text)
      }
    },
    close: () => rmSync(folder, { recursive: true }),
  }
}

/** Signs a folder of the bench as the product does; the signature lies at `model.sig` beside it. */
export async function signHere(
  bench: Bench,
  name: string,
  more: Partial<SignRequest> = {},
): Promise<Uint8Array> {
  const key = await openFileKey(bench.key, { secret: async () => undefined, warn: () => undefined })
  const request: SignRequest = {
    path: join(bench.folder, name),
    signaturePath: join(bench.folder, 'model.sig'),
    ...{ ignorePaths: [], ignoreGitPaths: true, algorithm: 'sha256', ...more },
  }
  const { bundle } = await signModel(DEPS, request, { kind: 'key', key })
  writeFileSync(request.signaturePath, bundle)
  return bundle
}

/** How a folder is verified; what is not told is taken from {@link signHere}. */
export function verifyRequest(bench: Bench, name: string, more: Partial<VerifyRequest> = {}): VerifyRequest {
  const signaturePath = more.signaturePath ?? join(bench.folder, 'model.sig')
  return {
    path: join(bench.folder, name),
    bundle: more.bundle ?? readFileSync(signaturePath),
    ...{ signaturePath, believed: [bench.believed], ignorePaths: [], ignoreGitPaths: true },
    ...{ ignoreUnsignedFiles: false, ...more },
  }
}

/** Verifies a folder as {@link verifyRequest} says. */
export function verifyHere(bench: Bench, name: string, more: Partial<VerifyRequest> = {}) {
  return verifyModel(DEPS, verifyRequest(bench, name, more))
}

/** What the one who forges may write: any statement, properly signed with the bench's key. */
export function forge(bench: Bench, statement: unknown): Uint8Array {
  const payload = Buffer.from(JSON.stringify(statement))
  const type = 'application/vnd.in-toto+json'
  const key = createPrivateKey(readFileSync(bench.key))
  const sig = sign('sha256', pae(type, payload), key).toString('base64')
  return Buffer.from(
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: { publicKey: { hint: '' }, tlogEntries: [] },
      dsseEnvelope: {
        payload: payload.toString('base64'),
        payloadType: type,
        signatures: [{ sig, keyid: '' }],
      },
    }),
  )
}

/** A statement over resources in the order given, as the reference writes it. */
export function statementOver(
  resources: readonly { readonly name: string; readonly digest: string; readonly algorithm?: string }[],
  serialization: Readonly<Record<string, unknown>> = {},
  predicateType = 'https://model_signing/signature/v1.0',
) {
  const root = createHash('sha256')
  for (const { digest } of resources) root.update(Buffer.from(digest, 'hex'))
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'model', digest: { sha256: root.digest('hex') } }],
    predicateType,
    predicate: {
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ...serialization },
      resources: resources.map((resource) => ({ algorithm: 'sha256', ...resource })),
    },
  }
}

/** SHA-256 of a text, hex. */
export const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** The code and message of a refusal. @throws Error when nothing was refused */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (outcome instanceof SallyportError) return `${outcome.code}: ${outcome.message}`
  throw outcome ?? new Error('nothing was refused')
}
