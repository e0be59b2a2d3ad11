import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/** Bytes read at once: large enough that hashing, not reading, takes the time. */
const CHUNK_BYTES = 1 << 20

/** SHA-256 of a whole file, hex. Throws what reading throws. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  await pipeline(source, hash, signal === undefined ? {} : { signal })
  return hash.digest('hex')
}
