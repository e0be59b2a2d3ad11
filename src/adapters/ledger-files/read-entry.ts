import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SallyportError } from '../../ground/lang/index.ts'

/** Bytes. No sealed statement is larger. */
const MAX_ENVELOPE_BYTES = 64 * 2 ** 20

/**
 * Reads one envelope of a log that another process may hold, by its index; undefined when the log has no such entry yet.
 * Nothing is locked and nothing is written. The bytes are those whose digest the index of entries names, and whoever
 * reads them verifies the statement anew.
 * @throws SallyportError `LOG_CORRUPT`, `STORE_FAILED`
 */
export async function readLogEntry(folder: string, index: number): Promise<Uint8Array | undefined> {
  const path = join(folder, 'index.db')
  if (!existsSync(path)) return undefined
  const place = placeOf(path, index)
  if (place === undefined) return undefined
  const segment = join(folder, 'journal', `${String(place.segment).padStart(8, '0')}.seg`)
  if (place.length > MAX_ENVELOPE_BYTES) throw corrupt(segment, index)
  const file = await open(segment, 'r').catch((cause: Error) => {
    throw new SallyportError('STORE_FAILED', `cannot open ${segment}: ${cause.message}`, { cause })
  })
  try {
    const bytes = Buffer.alloc(place.length)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, place.offset)
    if (bytesRead !== bytes.length || hash('sha256', bytes) !== place.digest) throw corrupt(segment, index)
    return bytes
  } finally {
    await file.close()
  }
}

function placeOf(path: string, index: number) {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    const row = db.prepare('select * from entry where idx = ?').get(index)
    if (row === undefined || !(row.digest instanceof Uint8Array)) return undefined
    return {
      digest: Buffer.from(row.digest).toString('hex'),
      segment: Number(row.segment),
      offset: Number(row.offset),
      length: Number(row.length),
    }
  } catch (cause) {
    throw new SallyportError('STORE_FAILED', `cannot read ${path}: ${(cause as Error).message}`, { cause })
  } finally {
    db.close()
  }
}

function corrupt(segment: string, index: number): SallyportError {
  return new SallyportError('LOG_CORRUPT', `${segment}: entry ${index} is not what was acknowledged`)
}
