import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  embeddedTrustConfig,
  makeBundleChecker,
  parseTrustConfig,
} from '../../src/adapters/sigstore/index.ts'
import { parseStrictJson } from '../../src/ground/crypto/index.ts'
import { STATEMENT_TYPE } from '../../src/ground/domain/index.ts'
import { utf8 } from '../../src/ground/lang/index.ts'

// The vectors that all Sigstore clients are held to; docs/cli_protocol.md of that suite says what each case takes.
const FOLDER = join(import.meta.dirname, '../vectors/sigstore-conformance')
const read = (name: string) => readFileSync(join(FOLDER, name))

interface Case {
  readonly name: string
  readonly trustedRoot?: string
  readonly key?: string
  readonly identity?: string
  readonly issuer?: string
  readonly artifact?: string
}
const { cases, artifact } = JSON.parse(read('cases.json').toString()) as {
  readonly cases: readonly Case[]
  readonly artifact: string
}
const BEACON =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main'

async function verify(vector: Case): Promise<void> {
  const config =
    vector.trustedRoot === undefined
      ? embeddedTrustConfig()
      : parseTrustConfig(read(vector.trustedRoot), vector.trustedRoot)
  const bytes = utf8(vector.artifact ?? artifact)
  const bundle = parseStrictJson(read(`bundles/${vector.name}.json`), vector.name)
  const wanted =
    vector.key === undefined
      ? ({
          kind: 'identity',
          identity: vector.identity ?? BEACON,
          identityProvider: vector.issuer ?? 'https://token.actions.githubusercontent.com',
        } as const)
      : ({ kind: 'key', publicKeyPem: read(vector.key).toString() } as const)
  const checked = await makeBundleChecker(config).check(bundle, wanted, {
    digest: async (name) => createHash(name).update(bytes).digest(),
  })
  if (checked.content.kind !== 'dsse') return
  const statement = JSON.parse(Buffer.from(checked.content.payload).toString())
  expect(statement._type).toBe(STATEMENT_TYPE)
  const digests = statement.subject.map((subject: { digest: { sha256: string } }) => subject.digest.sha256)
  expect(digests).toContain(createHash('sha256').update(bytes).digest('hex'))
}

test('there are 70 cases', () => {
  expect(cases).toHaveLength(70)
})

test.for(cases)('$name', async (vector) => {
  if (!vector.name.endsWith('_fail')) return verify(vector)
  // Refused for a reason that can be said, never by falling over.
  await expect(verify(vector)).rejects.toMatchObject({
    name: 'SallyportError',
    code: expect.stringMatching(/^(SIGNATURE_INVALID|SIGNER_UNTRUSTED|BAD_INPUT|BAD_CONFIG|KEY_INVALID)$/),
    message: expect.not.stringContaining('the bundle is malformed'),
  })
})
