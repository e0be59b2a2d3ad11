import { basename, resolve } from 'node:path'
import { type Manifest, type ManifestEntry, makeManifest, problemOfName } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { BlobStore, Intake, IntakeFile } from './ports.ts'
import type { Progress } from './registry-port.ts'

/** Files copied at the same time; the blob store bounds its threads itself. */
const PARALLEL = 4
/** Bytes. Larger than any published model; a member that claims more is a bomb (CWE-409). */
const MAX_MODEL_BYTES = 8 * 2 ** 40

type OnProgress = (progress: Progress) => void

/** A model whose bytes are in the store. */
export interface TakenIn {
  readonly manifest: Manifest
  readonly source: { readonly kind: 'folder' | 'file' | 'tar' | 'zip'; readonly label: string }
}

/**
 * Brings a folder, file, tar or zip into the blob store, hashing every byte once.
 * @throws SallyportError `BAD_INPUT` naming the file that cannot be taken, `TOO_LARGE`, `STORE_FAILED`
 */
export async function takeIn(
  deps: { readonly blobs: BlobStore; readonly intake: Intake },
  path: string,
  onProgress: OnProgress = () => undefined,
): Promise<TakenIn> {
  const kind = await deps.intake.kindOf(path)
  const source = { kind, label: basename(resolve(path)) }
  if (kind === 'folder' || kind === 'file') {
    const entries = await putFiles(deps, await deps.intake.list(path), onProgress)
    return { manifest: manifestOf(entries, path), source }
  }
  return {
    manifest: manifestOf(await putStreams(deps, deps.intake.unpack(path, kind), onProgress), path),
    source,
  }
}

/** Hashes what stands at a path, without keeping it: the manifest of a folder or file. */
export async function hashInPlace(
  deps: { readonly blobs: BlobStore; readonly intake: Intake },
  path: string,
  onProgress: OnProgress = () => undefined,
): Promise<Manifest> {
  const files = await deps.intake.list(path)
  const report = meter(files, onProgress)
  const entries = await inParallel(files, async (file) => {
    const { sha256, size } = await deps.blobs.hashFile(file.path, (bytes) => report(file.name, bytes))
    return { name: file.name, sha256, size }
  })
  return manifestOf(entries, path)
}

async function putFiles(
  deps: { readonly blobs: BlobStore },
  files: readonly (IntakeFile & { readonly kind: 'path' })[],
  onProgress: OnProgress,
): Promise<readonly ManifestEntry[]> {
  const report = meter(files, onProgress)
  return inParallel(files, async (file) => {
    const { sha256, size } = await deps.blobs.putFile(file.path, {
      onBytes: (bytes) => report(file.name, bytes),
    })
    report(file.name, size)
    return { name: file.name, sha256, size }
  })
}

async function putStreams(
  deps: { readonly blobs: BlobStore },
  members: AsyncIterable<IntakeFile>,
  onProgress: OnProgress,
): Promise<readonly ManifestEntry[]> {
  const entries: ManifestEntry[] = []
  let doneBytes = 0
  for await (const member of members) {
    if (member.kind !== 'stream') continue
    const problem = problemOfName(member.name)
    if (problem !== undefined) throw new SallyportError('BAD_INPUT', `cannot import: ${problem}`)
    const before = doneBytes
    const { sha256, size } = await deps.blobs.putStream(bounded(member, MAX_MODEL_BYTES - before), (bytes) =>
      onProgress({
        step: 'hash',
        doneBytes: before + bytes,
        totalBytes: before + member.size,
        path: member.name,
      }),
    )
    doneBytes += size
    entries.push({ name: member.name, sha256, size })
  }
  return entries
}

/** Stops a member that is longer than it said, or that makes the model too large. */
async function* bounded(member: IntakeFile & { kind: 'stream' }, room: number): AsyncIterable<Uint8Array> {
  let size = 0
  for await (const chunk of member.chunks) {
    size += chunk.length
    if (size > room || size > member.size)
      throw new SallyportError(
        'TOO_LARGE',
        `the member "${member.name}" is longer than the ${member.size} bytes it states`,
      )
    yield chunk
  }
  if (size !== member.size)
    throw new SallyportError(
      'BAD_INPUT',
      `the member "${member.name}" has ${size} bytes and states ${member.size}`,
    )
}

function manifestOf(entries: readonly ManifestEntry[], path: string): Manifest {
  const manifest = makeManifest(entries)
  if (!manifest.ok) throw new SallyportError('BAD_INPUT', `cannot import ${path}: ${manifest.error}`)
  return manifest.value
}

function meter(files: readonly { readonly size: number }[], onProgress: OnProgress) {
  const totalBytes = files.reduce((sum, file) => sum + file.size, 0)
  const done = new Map<string, number>()
  let doneBytes = 0
  return (name: string, bytes: number) => {
    doneBytes += bytes - (done.get(name) ?? 0)
    done.set(name, bytes)
    onProgress({ step: 'hash', doneBytes, totalBytes, path: name })
  }
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = new Array(items.length)
  let next = 0
  const lane = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T)
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, lane))
  return results
}
