import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { SallyportError } from '../../ground/lang/index.ts'

/** Bytes that can be had at once. */
export interface SyncBytes {
  readonly size: number
  readonly read: (offset: number, length: number) => Uint8Array
}

/** Bytes. A file up to this size is read whole, in one call. */
const WHOLE_BYTES = 256 * 1024
/** Bytes. A file up to this size may be known at once. */
export const SMALL_BYTES = 64 * 1024

/** A file that can be read at once; `close` when done. @throws what the file system throws */
export function openSyncFile(path: string): { readonly bytes: SyncBytes; readonly close: () => void } {
  const fd = openSync(path, 'r')
  const { size } = fstatSync(fd)
  if (size <= WHOLE_BYTES) {
    const whole = readFully(fd, 0, size)
    closeSync(fd)
    return { bytes: bytesInMemory(whole), close: () => undefined }
  }
  const read = (offset: number, length: number): Uint8Array =>
    readFully(fd, offset, Math.max(0, Math.min(length, size - offset)))
  return { bytes: { size, read }, close: () => closeSync(fd) }
}

/** One file after another is read to here. */
const small = new Uint8Array(SMALL_BYTES + 1)

/**
 * A small file, whole, until the next call; undefined when it is larger than {@link SMALL_BYTES}. One read is enough when it
 * gives as many bytes as were listed. @throws what the file system throws
 */
export function readSmallFile(path: string, listedBytes: number | undefined): Uint8Array | undefined {
  const fd = openSync(path, 'r')
  try {
    let done = 0
    for (;;) {
      const got = readSync(fd, small, done, small.length - done, done)
      done += got
      if (done === small.length) return undefined
      if (got === 0 || done === listedBytes) return new Uint8Array(small.buffer, 0, done)
    }
  } finally {
    closeSync(fd)
  }
}

/** A file that is opened for every read: for the few that are read once. */
export function syncFile(path: string, size: number): SyncBytes {
  return {
    size,
    read: (offset, length) => {
      const { bytes, close } = openSyncFile(path)
      try {
        return bytes.read(offset, length)
      } finally {
        close()
      }
    },
  }
}

/** Bytes in memory. */
export function bytesInMemory(bytes: Uint8Array): SyncBytes {
  return {
    size: bytes.length,
    read: (offset, length) =>
      bytes.subarray(Math.min(offset, bytes.length), Math.min(bytes.length, offset + Math.max(0, length))),
  }
}

function readFully(fd: number, offset: number, length: number): Uint8Array {
  const buffer = Buffer.allocUnsafeSlow(length)
  let done = 0
  while (done < length) {
    const got = readSync(fd, buffer, done, length - done, offset + done)
    if (got === 0) throw new SallyportError('STORE_FAILED', 'the file became shorter while it was read')
    done += got
  }
  return buffer
}
