import { createHash } from 'node:crypto'
import { type BigIntStats, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { setImmediate as breathe } from 'node:timers/promises'
import { SallyportError } from '../../ground/lang/index.ts'
import type { PlacedFile, PlacedStamp } from '../../services/guard-load/index.ts'

/** Bytes. Small chunks stay in the processor's cache (STACK.md, hashing). */
const CHUNK_BYTES = 65_536
/** Chunks between two breaths: signals and the other half of the program are never kept waiting long. */
const CHUNKS_PER_STEP = 128

const buffer = Buffer.allocUnsafe(CHUNK_BYTES)

/** A file's state as one word. */
export function keyOf({ stamp }: PlacedFile): string {
  const { device, inode, modifiedNs, changedNs, size } = stamp
  return `${device} ${inode} ${modifiedNs} ${changedNs} ${size}`
}

/** Whether a file is what it was: `ctime` moves with every change of bytes or name, and nobody sets it. */
export function isSameState(stamp: PlacedStamp, info: BigIntStats): boolean {
  return (
    info.isFile() &&
    String(info.dev) === stamp.device &&
    String(info.ino) === stamp.inode &&
    String(info.mtimeNs) === stamp.modifiedNs &&
    String(info.ctimeNs) === stamp.changedNs &&
    Number(info.size) === stamp.size
  )
}

/** Opens the very file that was found; a link put in its place leads nowhere, a pipe holds nobody. @throws SallyportError `ABORTED` */
export function openPlaced(file: PlacedFile): number {
  try {
    return openSync(file.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (cause) {
    throw new SallyportError('ABORTED', `cannot open ${file.path}: ${(cause as Error).message}`, { cause })
  }
}

/**
 * Reads a whole file through its descriptor and hashes what it reads; with `target` the same bytes are written there.
 * @throws SallyportError `ABORTED` when it is not the file that was found, or changes meanwhile; `STORE_FAILED` when a write fails
 */
export async function readThrough(
  file: PlacedFile,
  descriptor: number,
  options: { readonly target?: number; readonly onBytes: (bytes: number) => void },
): Promise<string> {
  mustBe(file, descriptor, 'is no longer the file that was found')
  const hash = createHash('sha256')
  const { size } = file.stamp
  let at = 0
  for (let count = 1; at < size; count++) {
    const got = readSync(descriptor, buffer, 0, Math.min(CHUNK_BYTES, size - at), at)
    if (got === 0) throw new SallyportError('ABORTED', `${file.path} became shorter while it was read`)
    const bytes = buffer.subarray(0, got)
    hash.update(bytes)
    if (options.target !== undefined) writeAll(options.target, bytes, file)
    at += got
    if (count % CHUNKS_PER_STEP !== 0) continue
    options.onBytes(at)
    await breathe()
  }
  mustBe(file, descriptor, 'changed while it was read')
  options.onBytes(at)
  return hash.digest('hex')
}

function mustBe(file: PlacedFile, descriptor: number, why: string): void {
  if (!isSameState(file.stamp, fstatSync(descriptor, { bigint: true })))
    throw new SallyportError('ABORTED', `${file.path} ${why}`)
}

function writeAll(target: number, bytes: Uint8Array, file: PlacedFile): void {
  try {
    for (let written = 0; written < bytes.length; )
      written += writeSync(target, bytes, written, bytes.length - written)
  } catch (cause) {
    throw new SallyportError('STORE_FAILED', `cannot copy ${file.path}: ${(cause as Error).message}`, {
      cause,
    })
  }
}
