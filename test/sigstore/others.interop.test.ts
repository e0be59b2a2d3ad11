import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleFromJSON, bundleToJSON } from '@sigstore/bundle'
import { TrustedRoot } from '@sigstore/protobuf-specs'
import { DSSEBundleBuilder, FulcioSigner, MessageSignatureBundleBuilder, RekorWitness } from '@sigstore/sign'
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeBundleChecker, makeKeylessSigner, parseTrustConfig } from '../../src/adapters/sigstore/index.ts'
import { utf8 } from '../../src/ground/lang/index.ts'
import { type LocalSigstore, makeToken, startLocalSigstore } from './local-sigstore.ts'

let local: LocalSigstore
let folder: string
beforeAll(async () => {
  local = await startLocalSigstore()
  folder = mkdtempSync(join(tmpdir(), 'sallyport-keyless-'))
})
afterAll(async () => {
  await local.close()
  rmSync(folder, { recursive: true })
})

const IDENTITY = 'https://ci.example/job'
const ISSUER = 'https://issuer.example'
const TOKEN = makeToken({ sub: IDENTITY })
const TYPE = 'application/vnd.in-toto+json'
const ARTIFACT = utf8('weights')
const PREDICATE_TYPE = 'https://slsa.dev/verification_summary/v1'
const STATEMENT = utf8(
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'weights', digest: { sha256: createHash('sha256').update(ARTIFACT).digest('hex') } }],
    predicateType: PREDICATE_TYPE,
    predicate: { verificationResult: 'PASSED' },
  }),
)
const artifact = { digest: async (name: string) => createHash(name).update(ARTIFACT).digest() }
const wanted = { kind: 'identity', identity: IDENTITY, identityProvider: ISSUER } as const

const config = (version: 1 | 2) => parseTrustConfig(local.trustConfig(version), 'local')
const ours = async (version: 1 | 2) =>
  Buffer.from(
    await makeKeylessSigner({
      config: config(version),
      fetch,
      now: () => new Date(),
      getToken: async () => TOKEN,
      label: 'test',
    }).sign(TYPE, STATEMENT),
  )

describe.for([1, 2] as const)('what we sign with Rekor v%i', (version) => {
  test('sigstore-js verifies it', async () => {
    // It reads times with three digits of a second or none; the authority here leaves out a last 0, as DER wants.
    let entity = await entityOf(version)
    for (let tries = 0; tries < 30 && !entity.timestamps.every(isRead); tries++)
      entity = await entityOf(version)
    const signer = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(local.trustedRoot()))).verify(entity)
    expect(signer.identity?.subjectAlternativeName).toBe(IDENTITY)
  })
})

type Entity = ReturnType<typeof toSignedEntity>
const entityOf = async (version: 1 | 2): Promise<Entity> =>
  toSignedEntity(bundleFromJSON(JSON.parse((await ours(version)).toString())))

function isRead(stamp: Entity['timestamps'][number]): boolean {
  try {
    return stamp.$case === 'transparency-log' || stamp.timestamp.signingTime.getTime() > 0
  } catch {
    return false
  }
}

describe('what sigstore-js signs', () => {
  const theirs = () => ({
    signer: new FulcioSigner({ fulcioBaseURL: local.url, identityProvider: { getToken: async () => TOKEN } }),
    witnesses: [new RekorWitness({ rekorBaseURL: local.url, entryType: 'dsse' as const })],
  })

  test('a statement: ours verifies it', async () => {
    const bundle = await new DSSEBundleBuilder(theirs()).create({ data: Buffer.from(STATEMENT), type: TYPE })
    const checked = await makeBundleChecker(config(1)).check(bundleToJSON(bundle), wanted)
    expect(checked.signer).toMatchObject({ identity: IDENTITY })
  })

  test('a file: ours verifies it from its digest alone, and refuses another', async () => {
    const bundle = bundleToJSON(
      await new MessageSignatureBundleBuilder(theirs()).create({ data: Buffer.from(ARTIFACT) }),
    )
    const checker = makeBundleChecker(config(1))
    expect((await checker.check(bundle, wanted, artifact)).content).toMatchObject({
      kind: 'artifact',
      algorithm: 'sha256',
    })
    const other = { digest: async (name: string) => createHash(name).update('other').digest() }
    await expect(checker.check(bundle, wanted, other)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
    await expect(checker.check(bundle, wanted)).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })
})

const { SALLYPORT_COSIGN: cosign, SALLYPORT_REQUIRE: required } = process.env

test.skipIf(cosign === undefined && required !== '1')(
  'cosign verifies what we sign, and refuses another identity, issuer and file (skipped without SALLYPORT_COSIGN: see test/interop/get-cosign.sh)',
  { timeout: 60_000 },
  async () => {
    if (cosign === undefined || !existsSync(cosign))
      throw new Error('SALLYPORT_COSIGN does not name a program')
    const file = (name: string, content: Uint8Array | string) => {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    }
    const root = file('trusted_root.json', JSON.stringify(local.trustedRoot()))
    const verify = (bundle: string, blob: string, identity = IDENTITY, issuer = ISSUER) =>
      spawnSync(
        cosign,
        [
          ...[
            'verify-blob-attestation',
            '--new-bundle-format',
            '--trusted-root',
            root,
            '--type',
            PREDICATE_TYPE,
          ],
          ...[
            '--certificate-identity',
            identity,
            '--certificate-oidc-issuer',
            issuer,
            '--bundle',
            bundle,
            blob,
          ],
        ],
        { encoding: 'utf8', env: { HOME: folder } },
      )
    const [bundle, blob, other] = [
      file('v1.json', await ours(1)),
      file('blob', ARTIFACT),
      file('other', 'other'),
    ]
    expect(verify(bundle, blob).stderr).toContain('Verified OK')
    for (const refused of [
      verify(bundle, blob, `${IDENTITY}2`),
      verify(bundle, blob, IDENTITY, `${ISSUER}/`),
      verify(bundle, other),
    ]) {
      expect(refused.stderr).not.toContain('Verified OK')
      expect(refused.status).not.toBe(0)
    }
  },
)
