import { fail, ok, type Result } from '../lang/index.ts'
import { fromBase64, toBase64 } from './base64.ts'

/** The text of a log's signed note: name, number of entries, root (C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  /** 32 bytes. */
  readonly root: Uint8Array
  /** Further lines, opaque. */
  readonly extensions: readonly string[]
}

/** The text to sign, ending in a newline. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint
  return `${[origin, String(size), toBase64(root), ...extensions].join('\n')}\n`
}

/** Reads the text of a note (not its signatures) as a checkpoint. */
export function parseCheckpoint(text: string): Result<Checkpoint> {
  if (!text.endsWith('\n')) return fail('the checkpoint does not end with a newline')
  const [origin, size, root, ...extensions] = text.slice(0, -1).split('\n')
  if (origin === undefined || origin === '') return fail('the checkpoint has no origin')
  if (size === undefined || !/^(0|[1-9][0-9]*)$/.test(size) || !Number.isSafeInteger(Number(size)))
    return fail('the second line of the checkpoint is not a number of entries')
  const hash = fromBase64(root ?? '!')
  if (hash === undefined || hash.length !== 32)
    return fail('the third line of the checkpoint is not a base64 root hash')
  if (extensions.some((line) => line === '')) return fail('the checkpoint has an empty extension line')
  return ok({ origin, size: Number(size), root: hash, extensions })
}
