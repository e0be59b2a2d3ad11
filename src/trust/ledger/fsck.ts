import { parseCheckpoint, parseVkey, verifyNote } from '../../ground/crypto/pure.ts'
import { SallyportError, toHex } from '../../ground/lang/index.ts'
import type { LedgerStore, StoreProblem } from './ledger-store.ts'
import { nodeNoteCrypto, treeHash } from './log-crypto.ts'
import { EMPTY_EDGE, growEdge, rootOfEdge, type TreeEdge } from './tree-edge.ts'

/** Entries put through the tree at once. */
const STEP = 4096

/** What a check of a whole log found. */
export interface FsckReport {
  readonly isClean: boolean
  /** Durable entries. */
  readonly size: number
  /** Entries beneath the checkpoint. The rest is durable and waits for the next one. */
  readonly publishedSize: number
  readonly problems: readonly StoreProblem[]
}

/**
 * Checks a whole log: every envelope against its digest, every entry, tile and the root against what the envelopes
 * give, the checkpoint against the log's key. Reads everything, changes nothing.
 * @param vkey the log's key, C2SP form
 */
export async function fsck(store: LedgerStore, vkey: string): Promise<FsckReport> {
  const problems: StoreProblem[] = []
  for await (const problem of store.check()) problems.push(problem)
  const checkpoint = await checkCheckpoint(store, vkey, problems)
  const publishedSize = checkpoint?.size ?? 0
  if (publishedSize > store.size())
    problems.push({ where: 'checkpoint', what: `covers ${publishedSize} entries, ${store.size()} are there` })
  else {
    const root = await checkTree(store, publishedSize, problems)
    if (checkpoint !== undefined && root !== undefined && toHex(root) !== toHex(checkpoint.root))
      problems.push({
        where: 'checkpoint',
        what: `signs root ${toHex(checkpoint.root)}, the entries give ${toHex(root)}`,
      })
  }
  await checkUnpublished(store, publishedSize, problems)
  return { isClean: problems.length === 0, size: store.size(), publishedSize, problems }
}

async function checkCheckpoint(
  store: LedgerStore,
  vkey: string,
  problems: StoreProblem[],
): Promise<{ readonly size: number; readonly root: Uint8Array } | undefined> {
  const key = parseVkey(treeHash, vkey)
  if (!key.ok) throw new SallyportError('BAD_INPUT', `the log's key: ${key.error}`)
  const text = await store.checkpoint()
  if (text === undefined) return undefined
  const note = verifyNote(nodeNoteCrypto, text, [key.value])
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note
  if (checkpoint.ok && checkpoint.value.origin === key.value.name) return checkpoint.value
  problems.push({
    where: 'checkpoint',
    what: checkpoint.ok ? `is of ${checkpoint.value.origin}` : checkpoint.error,
  })
  return undefined
}

async function checkTree(
  store: LedgerStore,
  size: number,
  problems: StoreProblem[],
): Promise<Uint8Array | undefined> {
  let edge: TreeEdge = EMPTY_EDGE
  while (edge.size < size) {
    const digests = await readDigests(store, edge.size, Math.min(size, edge.size + STEP), problems)
    if (digests === undefined) return undefined
    const grown = growEdge(edge, digests)
    edge = grown.edge
    for (const { path, bytes } of grown.files) {
      const isTransient = path.includes('.p/') && edge.size < size
      if (isTransient) continue
      const stored = await store.file(path)
      if (stored === undefined) problems.push({ where: path, what: 'is missing' })
      else if (Buffer.compare(stored, bytes) !== 0)
        problems.push({ where: path, what: 'is not what the entries give' })
    }
  }
  return rootOfEdge(edge)
}

async function checkUnpublished(store: LedgerStore, from: number, problems: StoreProblem[]): Promise<void> {
  for (let at = from; at < store.size(); at += STEP)
    if ((await readDigests(store, at, Math.min(store.size(), at + STEP), problems)) === undefined) return
}

async function readDigests(
  store: LedgerStore,
  from: number,
  to: number,
  problems: StoreProblem[],
): Promise<Uint8Array | undefined> {
  const digests: Buffer[] = []
  while (from + digests.length < to) {
    const at = from + digests.length
    const entries = await readOrReport(store, at, to - at, problems)
    if (entries === undefined) return undefined
    for (const { digest, envelope } of entries) {
      if (`sha256:${toHex(treeHash(envelope))}` !== digest)
        problems.push({
          where: `entry ${from + digests.length}`,
          what: `its envelope does not have the digest ${digest}`,
        })
      digests.push(Buffer.from(digest.slice('sha256:'.length), 'hex'))
    }
  }
  return Buffer.concat(digests)
}

async function readOrReport(store: LedgerStore, at: number, count: number, problems: StoreProblem[]) {
  try {
    const entries = await store.read(at, count)
    if (entries.length > 0) return entries
    problems.push({ where: `entry ${at}`, what: 'cannot be found' })
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error
    problems.push({ where: `entry ${at}`, what: error.message })
  }
  return undefined
}
