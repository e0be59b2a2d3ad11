import { open, readFile, rename, unlink } from 'node:fs/promises'
import { SallyportError } from '../../ground/lang/index.ts'

/** Bytes between two marks: what a crash can cost of a transfer whose digest nobody knows. */
export const MARK_EVERY_BYTES = 16 * 2 ** 20

/** How much of a part is on the disk for sure, and what it is. */
export interface PartMark {
  /** Bytes from the start. */
  readonly size: number
  /** SHA-256 of these, hex. */
  readonly sha256: string
}

/** The mark beside a part; undefined when there is none, or none that can be read: then the part is not believed. */
export async function readMark(part: string): Promise<PartMark | undefined> {
  const text = await readFile(markOf(part), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return ''
    throw new SallyportError('STORE_FAILED', `cannot read the mark of ${part}`, { cause })
  })
  const found = /^(\d{1,15}) ([0-9a-f]{64})\n$/.exec(text)
  return found === null ? undefined : { size: Number(found[1]), sha256: found[2] ?? '' }
}

/** Writes a mark; the bytes that it vouches for must be on the disk already. @throws SallyportError `STORE_FAILED` */
export async function writeMark(part: string, { size, sha256 }: PartMark): Promise<void> {
  const place = markOf(part)
  try {
    const file = await open(`${place}.new`, 'w', 0o600)
    await file.writeFile(`${size} ${sha256}\n`).finally(() => file.close())
    await rename(`${place}.new`, place)
  } catch (cause) {
    throw new SallyportError('STORE_FAILED', `cannot mark ${part}`, { cause })
  }
}

/** Takes a mark away once its part is whole. */
export async function forgetMark(part: string): Promise<void> {
  await unlink(markOf(part)).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw new SallyportError('STORE_FAILED', `cannot unmark ${part}`, { cause })
  })
}

function markOf(part: string): string {
  return `${part}.mark`
}
