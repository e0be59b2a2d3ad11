import { type ByteSource, standsAt } from '../../ground/lang/index.ts'
import type { DatafileView } from './datafile-view.ts'

const MAGIC = '\0\x05\x16\x07\0\x02\0\0'
const HEADER_BYTES = 26
const ENTRY_BYTES = 12
/** Entries of one file. Those that are defined have numbers up to 15. */
const MAX_ENTRIES = 16

/** What macOS keeps of a file's looks in `._name` beside it (AppleDouble, RFC 1740 appendix B); archives made there are full of them. */
export async function readAppleDouble(
  source: ByteSource,
  head: Uint8Array,
  signal?: AbortSignal,
): Promise<DatafileView | undefined> {
  if (!standsAt(head, MAGIC, 0)) return undefined
  const header = Buffer.from(await source.read(0, HEADER_BYTES + MAX_ENTRIES * ENTRY_BYTES, signal))
  const count = header.length < HEADER_BYTES ? 0 : header.readUInt16BE(HEADER_BYTES - 2)
  const view = { kind: 'apple-double', readBytes: header.length }
  if (count === 0 || count > MAX_ENTRIES || header.length < HEADER_BYTES + count * ENTRY_BYTES)
    return { ...view, problem: 'its list of parts is broken' }
  let end = 0
  for (let i = 0; i < count; i++) {
    const at = HEADER_BYTES + i * ENTRY_BYTES
    end = Math.max(end, header.readUInt32BE(at + 4) + header.readUInt32BE(at + 8))
  }
  return end > source.size ? { ...view, problem: `${end} bytes are announced` } : { ...view, endOffset: end }
}
