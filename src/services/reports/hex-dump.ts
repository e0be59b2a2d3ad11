/** Bytes of a line, as `xxd` has them. */
const LINE = 16

/** Bytes as offset, hex and characters, at most so many, around a place that matters; what is cut says so. */
export function hexDump(bytes: Uint8Array, mostBytes: number, around = 0): readonly string[] {
  const before = Math.max(0, Math.min(around - mostBytes / 2, bytes.length - mostBytes))
  const start = before - (before % LINE)
  const end = Math.min(bytes.length, start + mostBytes)
  const lines: string[] = start > 0 ? [`… ${start} bytes before`] : []
  for (let at = start; at < end; at += LINE) {
    const row = [...bytes.subarray(at, Math.min(at + LINE, end))]
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(LINE * 3 - 1)}  ${text}`)
  }
  if (bytes.length > end) lines.push(`… ${bytes.length - end} more bytes`)
  return lines
}

const PLAIN = /^[\t\n\r\x20-\x7e\u00a0-\u024f\u2010-\u203a]*$/

/** A short text that a person can read as it stands; `undefined` for anything else. */
export function plainText(bytes: Uint8Array, mostBytes: number): readonly string[] | undefined {
  if (bytes.length === 0 || bytes.length > mostBytes) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return PLAIN.test(text) ? text.replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n') : undefined
  } catch {
    return undefined // Not UTF-8: it is shown as bytes.
  }
}
