import type { OmsHash } from '../../formats/oms/index.ts'
import type { HashCache, HashJob, ModelEntry, ModelFiles } from './ports.ts'

/** Progress of hashing, in bytes. */
export interface HashProgress {
  readonly doneBytes: number
  readonly totalBytes: number
  readonly path?: string
}

/** What hashing stands on, and how it is told. */
export interface HashContext {
  readonly files: Pick<ModelFiles, 'hash'>
  readonly cache?: HashCache
  readonly onProgress?: (progress: HashProgress) => void
  readonly signal?: AbortSignal
}

/** A run of a file, and its digest in hex. */
export interface HashedRun extends HashJob {
  readonly digest: string
}

/**
 * Digests of files, whole or in runs of `shardSize` bytes. Whole files may be recalled from the cache; an empty file has no
 * run, and so no digest in runs (OMS v1.0 section 6.3.2).
 * @throws SallyportError `BAD_INPUT`, `ABORTED`
 */
export async function hashFiles(
  context: HashContext,
  entries: readonly ModelEntry[],
  how: { readonly algorithm: OmsHash; readonly shardSize: number | undefined },
): Promise<readonly HashedRun[]> {
  const { algorithm, shardSize } = how
  const { cache, onProgress, signal } = context
  const jobs = entries.flatMap((entry) => runsOf(entry, shardSize))
  const recalled = jobs.map(({ entry }) =>
    shardSize === undefined ? cache?.recall(entry.path, algorithm, entry.stamp) : undefined,
  )
  const todo = jobs.filter((_, i) => recalled[i] === undefined)
  const totalBytes = todo.reduce((sum, { start, end }) => sum + end - start, 0)
  onProgress?.({ doneBytes: 0, totalBytes })
  const fresh = await context.files.hash(todo, {
    algorithm,
    ...(signal === undefined ? {} : { signal }),
    onBytes: (doneBytes, path) => onProgress?.({ doneBytes, totalBytes, path }),
  })
  let next = 0
  const hashed = jobs.map((job, i) => ({ ...job, digest: recalled[i] ?? fresh[next++] ?? '' }))
  if (cache !== undefined && shardSize === undefined) {
    for (const { entry, digest } of hashed) cache.note(entry.path, algorithm, entry.stamp, digest)
    await cache.save()
  }
  return hashed
}

function runsOf(entry: ModelEntry, shardSize: number | undefined): readonly HashJob[] {
  const { size } = entry.stamp
  if (shardSize === undefined) return [{ entry, start: 0, end: size }]
  const runs: HashJob[] = []
  for (let start = 0; start < size; start += shardSize)
    runs.push({ entry, start, end: Math.min(size, start + shardSize) })
  return runs
}
