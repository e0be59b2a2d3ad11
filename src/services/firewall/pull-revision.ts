import { digestOfJson } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { BlobStore } from '../registry/index.ts'
import type { Expected, FirewallBook, HeldFile, HeldRevision, HubUpstream, PartialStore } from './ports.ts'

/** Files of one revision in flight: enough to fill a line, few enough not to be taken for an attack by the hub. */
const PARALLEL_FILES = 4
/** Attempts for one file before its revision waits for the next question. */
const ATTEMPTS = 4
/** Milliseconds before the second attempt; doubled for each one after. */
const BACKOFF_MS = 400

/** What pulling needs. */
export interface PullDeps {
  readonly upstream: HubUpstream
  readonly partial: PartialStore
  readonly blobs: Pick<BlobStore, 'has'>
  readonly book: FirewallBook
  readonly now: () => Date
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Bytes of a whole revision. */
  readonly maxBytes: number
}

/**
 * Brings every file of a revision into the blob store, each checked against the digest that the hub states for it. What is in the
 * store already is not fetched again. @returns the revision with all digests, saved
 * @throws SallyportError `BAD_INPUT` when the hub's bytes are not what it said, `TOO_LARGE`, `PEER_FAILED`, `ABORTED`
 */
export async function pullRevision(
  deps: PullDeps,
  held: HeldRevision,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<HeldRevision> {
  const total = held.files.reduce((sum, file) => sum + file.size, 0)
  if (total > deps.maxBytes)
    throw new SallyportError('TOO_LARGE', `the revision has ${total} bytes; the limit is ${deps.maxBytes}`)
  const files: HeldFile[] = [...held.files]
  const sizes = new Map<number, number>()
  let done = 0
  const meter = (at: number) => (bytes: number) => {
    done += bytes - (sizes.get(at) ?? 0)
    sizes.set(at, bytes)
    onBytes(done)
  }
  let next = 0
  const lane = async () => {
    for (let at = next++; at < files.length; at = next++) {
      const file = files[at]
      if (file !== undefined)
        files[at] = { ...file, sha256: await pullFile(deps, held, file, { onBytes: meter(at), signal }) }
    }
  }
  await Promise.all(Array.from({ length: PARALLEL_FILES }, lane))
  const pulled: HeldRevision = { ...held, files, state: 'searching', changedAt: deps.now().toISOString() }
  deps.book.save(pulled)
  return pulled
}

interface FileWork {
  readonly onBytes: (bytes: number) => void
  readonly signal: AbortSignal
}

async function pullFile(deps: PullDeps, held: HeldRevision, file: HeldFile, work: FileWork): Promise<string> {
  const known = file.lfsSha256
  if (known !== undefined && (await deps.blobs.has(known))) return known
  for (let attempt = 1; ; attempt += 1) {
    if (work.signal.aborted) throw new SallyportError('ABORTED', `fetching ${file.path} was aborted`)
    try {
      return await receive(deps, held, file, work)
    } catch (cause) {
      const isBroken = cause instanceof SallyportError && cause.code === 'PEER_FAILED'
      if (!isBroken || attempt === ATTEMPTS) throw cause
      await deps.sleep(BACKOFF_MS * 2 ** (attempt - 1), work.signal)
    }
  }
}

async function receive(
  deps: PullDeps,
  held: HeldRevision,
  file: HeldFile,
  { onBytes, signal }: FileWork,
): Promise<string> {
  const { path, size, gitOid, lfsSha256 } = file
  const { repo, commit } = held
  const blob = await deps.partial.receive(
    lfsSha256 ?? gitOid ?? digestOfJson({ repo, commit, path }).slice('sha256:'.length),
    { size, ...statedDigest(file) },
    (from) => deps.upstream.download(held.repo, held.commit, { path, from }, signal),
    onBytes,
  )
  return blob.sha256
}

function statedDigest({ gitOid, lfsSha256 }: HeldFile): Omit<Expected, 'size'> {
  if (lfsSha256 !== undefined) return { sha256: lfsSha256 }
  return gitOid === undefined ? { unstated: true } : { gitOid }
}
