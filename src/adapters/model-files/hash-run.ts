import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** Bytes. Small chunks stay in the processor's cache: 64 KiB hashed fastest of 64 KiB, 1 MiB and 8 MiB (STACK.md). */
const CHUNK_BYTES = 65_536
/** Chunks of one step: 8 MiB, some six milliseconds, so that a thread that does other work too is never long away. */
const CHUNKS_PER_STEP = 128

/** A run of a file as a thread is told of it. */
export interface Run {
  readonly path: string
  readonly device: string
  readonly inode: string
  readonly modifiedNs: string
  readonly changedNs: string
  readonly size: number
  readonly start: number
  readonly end: number
}

interface Hash {
  update(bytes: Uint8Array): unknown
  hex(): string
}

/** Makes a new hash of an algorithm of OMS; BLAKE3 is loaded only where a manifest asks for it. */
export async function hashMaker(algorithm: string): Promise<() => Hash> {
  if (algorithm !== 'blake3') {
    const name = algorithm === 'blake2b' ? 'blake2b512' : 'sha256'
    return () => {
      const hash = createHash(name)
      return { update: (bytes) => hash.update(bytes), hex: () => hash.digest('hex') }
    }
  }
  const { blake3 } = await import('@noble/hashes/blake3.js')
  return () => {
    const hash = blake3.create()
    return { update: (bytes) => hash.update(bytes), hex: () => Buffer.from(hash.digest()).toString('hex') }
  }
}

const buffer = Buffer.allocUnsafe(CHUNK_BYTES)

/**
 * Hashes one run step by step, and makes sure that it was read from the very file that was listed, which did not change
 * meanwhile. Yields the bytes of each step, returns the digest in hex.
 */
export function* hashSteps(run: Run, hash: Hash): Generator<number, string> {
  // O_NOFOLLOW: a link swapped in after listing must not lead anywhere; O_NONBLOCK: nor may a pipe hold us.
  const file = openSync(run.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    mustBeListed(run, file, 'is no longer the file that was listed')
    let at = run.start
    let told = at
    for (let count = 1; at < run.end; count++) {
      const got = readSync(file, buffer, 0, Math.min(CHUNK_BYTES, run.end - at), at)
      if (got === 0) throw new Error('became shorter while it was read')
      hash.update(got === CHUNK_BYTES ? buffer : buffer.subarray(0, got))
      at += got
      if (count % CHUNKS_PER_STEP !== 0) continue
      yield at - told
      told = at
    }
    mustBeListed(run, file, 'changed while it was read')
    yield at - told
    return hash.hex()
  } finally {
    closeSync(file)
  }
}

function mustBeListed(run: Run, file: number, why: string): void {
  const info = fstatSync(file, { bigint: true })
  const isSame =
    info.isFile() &&
    String(info.dev) === run.device &&
    String(info.ino) === run.inode &&
    String(info.mtimeNs) === run.modifiedNs &&
    String(info.ctimeNs) === run.changedNs &&
    Number(info.size) === run.size
  if (!isSame) throw new Error(why)
}
