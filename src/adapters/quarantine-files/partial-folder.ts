import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Download, Expected, PartialStore } from '../../services/firewall/index.ts'
import type { StoredBlob } from '../../services/registry/index.ts'
import { forgetMark, MARK_EVERY_BYTES, readMark, writeMark } from './part-mark.ts'

/** Bytes read at a time when a part is hashed again. */
const CHUNK_BYTES = 1 << 16

/** Where whole files go. */
export interface WholeFiles {
  adopt(path: string, blob: StoredBlob): Promise<StoredBlob>
}

/**
 * Parts of files under `folder`, by the digest that they will have. A part that a crash or a broken line left is hashed again and
 * gone on with; what its pages lost to a power cut shows in the digest, and it begins anew. Where no digest is known beforehand a
 * part is believed up to its last mark only. Two transfers of one file wait for each other.
 * @throws SallyportError `STORE_FAILED` when the folder cannot be made
 */
export async function openPartialFolder(options: {
  readonly folder: string
  readonly blobs: WholeFiles
}): Promise<PartialStore> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new SallyportError('STORE_FAILED', `cannot make the folder ${options.folder}`, { cause })
  })
  const busy = new Map<string, Promise<unknown>>()
  return {
    receive: (key, expected, openDownload, onBytes) => {
      const path = join(options.folder, `${partName(key)}.part`)
      const before = busy.get(path) ?? Promise.resolve()
      const work = () => receive({ path, expected, blobs: options.blobs, onBytes }, openDownload)
      const mine = before.then(work, work)
      const settled = mine.then(
        () => undefined,
        () => undefined, // The caller has the failure; the next in turn only waits.
      )
      busy.set(path, settled)
      void settled.then(() => {
        if (busy.get(path) === settled) busy.delete(path)
      })
      return mine
    },
  }
}

function partName(key: string): string {
  if (!/^[0-9a-f]{40,64}$/.test(key)) throw new SallyportError('BAD_INPUT', 'a part is named by a digest')
  return key
}

interface Reception {
  readonly path: string
  readonly expected: Expected
  readonly blobs: WholeFiles
  readonly onBytes: (bytes: number) => void
}

async function receive(
  { path, expected, blobs, onBytes }: Reception,
  openDownload: (from: number) => Promise<Download>,
): Promise<StoredBlob> {
  const file = await openPart(path)
  let blob: StoredBlob
  try {
    const hashes = newHashes(expected)
    let size = await hashPart(file, hashes, expected.size)
    if (expected.unstated === true && !(await isMarked(path, size, hashes)))
      size = await toMark(file, hashes, path)
    if (size < expected.size) {
      const download = await openDownload(size)
      if (download.from !== size) size = await startAnew(file, hashes)
      size = await write(file, hashes, { download, size, expected, onBytes, path })
    }
    blob = await finish(path, hashes, { size, expected })
    await file.sync()
  } finally {
    await file.close()
  }
  if (expected.unstated === true) await forgetMark(path)
  return blobs.adopt(path, blob)
}

async function isMarked(path: string, size: number, { sha256 }: Hashes): Promise<boolean> {
  const mark = await readMark(path)
  return size === 0 || (mark?.size === size && mark.sha256 === sha256.copy().digest('hex'))
}

/** Cuts a part down to what was marked as written; without a mark that fits, to nothing. */
async function toMark(file: FileHandle, hashes: Hashes, path: string): Promise<number> {
  const mark = await readMark(path)
  if (mark === undefined) return startAnew(file, hashes)
  const { size } = await file.stat()
  if (size < mark.size) return startAnew(file, hashes)
  await file.truncate(mark.size)
  Object.assign(hashes, freshHashes(hashes.size, false))
  await hashPart(file, hashes, mark.size)
  return (await isMarked(path, mark.size, hashes)) ? mark.size : startAnew(file, hashes)
}

interface Hashes {
  sha256: Hash
  git: Hash | undefined
  readonly size: number
}

function newHashes({ size, gitOid }: Expected): Hashes {
  return { size, ...freshHashes(size, gitOid !== undefined) }
}

function freshHashes(size: number, withGit: boolean): { sha256: Hash; git: Hash | undefined } {
  // Git's object id: SHA-1 over a header and the bytes (git-scm.com, "Git Internals - Git Objects").
  return {
    sha256: createHash('sha256'),
    git: withGit ? createHash('sha1').update(`blob ${size}\0`) : undefined,
  }
}

function update(hashes: Hashes, bytes: Uint8Array): void {
  hashes.sha256.update(bytes)
  hashes.git?.update(bytes)
}

async function openPart(path: string): Promise<FileHandle> {
  try {
    // Not through a link that somebody put there.
    return await open(path, 'a+', 0o600).then((handle) => handle.close().then(() => open(path, 'r+')))
  } catch (cause) {
    throw new SallyportError('STORE_FAILED', `cannot open the part ${path}`, { cause })
  }
}

async function hashPart(file: FileHandle, hashes: Hashes, limit: number): Promise<number> {
  const { size } = await file.stat()
  if (size > limit) return startAnew(file, hashes)
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
    if (bytesRead === 0) throw new SallyportError('STORE_FAILED', 'a part became shorter while it was read')
    update(hashes, chunk.subarray(0, bytesRead))
    at += bytesRead
  }
  return size
}

async function startAnew(file: FileHandle, hashes: Hashes): Promise<number> {
  await file.truncate(0)
  Object.assign(hashes, freshHashes(hashes.size, hashes.git !== undefined))
  return 0
}

interface Arrival {
  readonly download: Download
  readonly size: number
  readonly expected: Expected
  readonly onBytes: (bytes: number) => void
  readonly path: string
}

async function write(file: FileHandle, hashes: Hashes, arrival: Arrival): Promise<number> {
  let { size } = arrival
  let marked = size
  const isUnstated = arrival.expected.unstated === true
  const mark = async () => {
    await file.datasync()
    await writeMark(arrival.path, { size, sha256: hashes.sha256.copy().digest('hex') })
    marked = size
  }
  try {
    for await (const chunk of arrival.download.chunks) {
      if (size + chunk.length > arrival.expected.size)
        throw await tooMuch(file, hashes, arrival.expected.size)
      update(hashes, chunk)
      await writeWhole(file, chunk, size)
      size += chunk.length
      arrival.onBytes(size)
      if (isUnstated && size - marked >= MARK_EVERY_BYTES) await mark()
    }
  } catch (cause) {
    // What has arrived before a break is gone on with.
    if (isUnstated && isBreak(cause)) await mark()
    throw cause
  }
  return size
}

function isBreak(cause: unknown): boolean {
  return cause instanceof SallyportError && (cause.code === 'PEER_FAILED' || cause.code === 'ABORTED')
}

async function tooMuch(file: FileHandle, hashes: Hashes, stated: number): Promise<SallyportError> {
  await startAnew(file, hashes)
  return new SallyportError('BAD_INPUT', `the hub sends more than the ${stated} bytes that it stated`)
}

async function writeWhole(file: FileHandle, chunk: Uint8Array, at: number): Promise<void> {
  try {
    for (let written = 0; written < chunk.length; ) {
      const { bytesWritten } = await file.write(chunk, written, chunk.length - written, at + written)
      written += bytesWritten
    }
  } catch (cause) {
    throw new SallyportError('STORE_FAILED', `cannot write into quarantine: ${(cause as Error).message}`, {
      cause,
    })
  }
}

async function finish(
  path: string,
  hashes: Hashes,
  { size, expected }: { readonly size: number; readonly expected: Expected },
): Promise<StoredBlob> {
  if (size < expected.size)
    throw new SallyportError('PEER_FAILED', `the hub sent ${size} of ${expected.size} bytes and stopped`)
  const sha256 = hashes.sha256.digest('hex')
  const isSha256 = expected.sha256 === undefined || expected.sha256 === sha256
  const isGit = expected.gitOid === undefined || hashes.git?.digest('hex') === expected.gitOid
  const isStated = expected.sha256 !== undefined || expected.gitOid !== undefined
  if (isSha256 && isGit && (isStated || expected.unstated === true)) return { sha256, size }
  await unlink(path)
  throw new SallyportError('BAD_INPUT', 'the bytes that the hub sent are not those whose digest it states')
}
