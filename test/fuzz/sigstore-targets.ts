import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  embeddedTrustConfig,
  makeBundleChecker,
  parseTrustConfig,
  readIdentityToken,
} from '../../src/adapters/sigstore/index.ts'
import { canonicalJson, parseStrictJson } from '../../src/ground/crypto/index.ts'
import { SallyportError, utf8 } from '../../src/ground/lang/index.ts'
import { artifactOfDigest, verifyAttestation } from '../../src/services/attestations/index.ts'
import { mutateJson } from './mutate-json.ts'

const VECTORS = join(import.meta.dirname, '../vectors/sigstore-conformance')
const read = (name: string): Uint8Array => readFileSync(join(VECTORS, name))

/** A refusal is an answer; whatever else is raised is a fault. */
async function refusals(work: () => unknown): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error
    return undefined
  }
}

const checker = makeBundleChecker(embeddedTrustConfig())
const A_TXT = 'sha256:a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf'
const wanted = {
  kind: 'identity-pattern',
  pattern: /https:\/\/github\.com\/sigstore-conformance\/.*/v,
  identityProvider: 'https://token.actions.githubusercontent.com',
} as const

const ask = (bundle: Uint8Array) =>
  refusals(() =>
    verifyAttestation(checker, { label: 'fuzz', bundle, wanted, artifact: artifactOfDigest(A_TXT) }),
  )

const BUNDLES = ['happy-path-v0.1', 'happy-path-v0.3', 'happy-path-intoto-in-dsse-v3'].map((name) =>
  read(`bundles/${name}.json`),
)
/** What the seeds say; asked for once, by the first input. */
let honest: Promise<ReadonlySet<string>> | undefined
const saidHonestly = (): Promise<ReadonlySet<string>> => {
  honest ??= Promise.all(BUNDLES.map(ask)).then(
    (all) => new Set(all.map((said) => canonicalJson(said ?? 'a seed is refused'))),
  )
  return honest
}

/** Bundles, trust roots and tokens from outside. */
export const SIGSTORE_TARGETS = [
  {
    name: 'sigstore-bundle',
    // Signatures are verified: 6 ms of a processor each.
    share: 0.1,
    seeds: BUNDLES,
    change: mutateJson,
    run: async (bytes: Uint8Array) => {
      const said = await ask(bytes)
      // What is changed may be of no meaning, but never of another.
      if (said !== undefined && !(await saidHonestly()).has(canonicalJson(said)))
        throw new Error('a changed bundle says something else')
    },
  },
  {
    name: 'sigstore-trust-root',
    seeds: [
      read('trusted-roots/49b2f22851c4.json'),
      utf8(
        JSON.stringify({
          trustedRoot: parseStrictJson(
            readFileSync(join(VECTORS, '../../../catalog/sigstore/trusted_root.json')),
            'root',
          ),
        }),
      ),
    ],
    change: mutateJson,
    run: (bytes: Uint8Array) => refusals(() => parseTrustConfig(bytes, 'fuzz')),
  },
  {
    name: 'identity-token',
    seeds: [utf8('eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIiwiaXNzIjoiYiJ9.c2ln'), utf8('a.e30.b')],
    run: (bytes: Uint8Array) =>
      refusals(() => readIdentityToken(Buffer.from(bytes).toString('utf8'), new Date(0))),
  },
]
