import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { LedgerReader, ReadEntry } from '../../src/faces/http/index.ts'
import { canonicalJson } from '../../src/ground/crypto/index.ts'
import { type Digest, digestOfBytes } from '../../src/ground/domain/index.ts'
import { SallyportError } from '../../src/ground/lang/index.ts'

/** A ledger in memory with real RFC 6962 proofs and a really signed checkpoint, for tests and for looking at pages. */
export interface FakeLedger extends LedgerReader {
  readonly verifierKey: string
  append(envelope: Uint8Array): { readonly index: number; readonly digest: Digest }
}

const h = (...parts: Uint8Array[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const leafHash = (data: Uint8Array) => h(Buffer.from([0]), data)

function root(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return h()
  const [only] = leaves
  if (leaves.length === 1 && only !== undefined) return only
  const k = splitOf(leaves.length)
  return h(Buffer.from([1]), root(leaves.slice(0, k)), root(leaves.slice(k)))
}

function splitOf(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

function path(leaves: readonly Buffer[], m: number): Buffer[] {
  if (leaves.length <= 1) return []
  const k = splitOf(leaves.length)
  return m < k
    ? [...path(leaves.slice(0, k), m), root(leaves.slice(k))]
    : [...path(leaves.slice(k), m - k), root(leaves.slice(0, k))]
}

export function fakeLedger(origin = 'sallyport.test/default'): FakeLedger {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const keyed = Buffer.concat([Buffer.from([1]), raw])
  const id = h(Buffer.from(`${origin}\n`), keyed).subarray(0, 4)
  const entries: ReadEntry[] = []
  const leaves: Buffer[] = []
  const checkpoint = async () => {
    const body = `${origin}\n${entries.length}\n${root(leaves).toString('base64')}\n`
    const signature = Buffer.concat([id, sign(null, Buffer.from(body), privateKey)]).toString('base64')
    return `${body}\n— ${origin} ${signature}\n`
  }
  const entryAt = (index: number): ReadEntry => {
    const entry = entries[index]
    if (entry === undefined) throw new SallyportError('NOT_FOUND', `no entry ${index}`)
    return entry
  }
  return {
    origin,
    verifierKey: `${origin}+${id.toString('hex')}+${keyed.toString('base64')}`,
    append(envelope) {
      const digest = digestOfBytes(envelope)
      const index = entries.length
      entries.push({ index, digest, envelope })
      leaves.push(leafHash(Buffer.from(canonicalJson({ envelope: digest, v: 1 }))))
      return { index, digest }
    },
    size: () => entries.length,
    read: async (index) => entryAt(index),
    async *entries(from, count) {
      yield* entries.slice(from, from + count)
    },
    find: async (digest) => entries.find((entry) => entry.digest === digest)?.index,
    checkpoint,
    async proveInclusion(index) {
      entryAt(index)
      return {
        index,
        treeSize: entries.length,
        hashes: path(leaves, index).map((hash) => hash.toString('hex')),
        leafHash: leaves[index]?.toString('hex') ?? '',
        checkpoint: await checkpoint(),
      }
    },
    async proofFile(index) {
      entryAt(index)
      const hashes = path(leaves, index).map((hash) => hash.toString('base64'))
      return ['c2sp.org/tlog-proof@v1', `index ${index}`, ...hashes, '', await checkpoint()].join('\n')
    },
    tile: async (name) => {
      if (name === 'checkpoint') return Buffer.from(await checkpoint())
      return name === `tile/0/000.p/${leaves.length}` || name === 'tile/0/000'
        ? Buffer.concat(leaves)
        : undefined
    },
  }
}
