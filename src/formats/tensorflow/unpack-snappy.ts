/** Bytes that one block may unpack to. TensorFlow writes blocks of some 256 KiB. */
const MAX_UNPACKED_BYTES = 16 * 1024 * 1024

/**
 * Unpacks one raw block of Snappy (google/snappy, format_description.txt), in which checkpoints of TensorFlow keep their
 * tables; undefined when the bytes are no such block, or claim more than a table needs.
 */
export function unpackSnappy(bytes: Uint8Array): Uint8Array | undefined {
  const length = readLength(bytes)
  if (length === undefined || length.value > MAX_UNPACKED_BYTES) return undefined
  const out = new Uint8Array(length.value)
  let at = length.next
  let filled = 0
  while (at < bytes.length) {
    const step = readElement(bytes, at)
    if (step === undefined || filled + step.length > out.length) return undefined
    if (step.back === undefined) out.set(bytes.subarray(step.next - step.length, step.next), filled)
    else if (!copyBack(out, filled, step.back, step.length)) return undefined
    filled += step.length
    at = step.next
  }
  return filled === out.length ? out : undefined
}

interface Element {
  readonly length: number
  /** How far back the bytes to repeat stand; undefined for bytes that follow. */
  readonly back: number | undefined
  readonly next: number
}

/** A tag: two bits of kind, then a length, and a distance or the bytes themselves. */
function readElement(bytes: Uint8Array, at: number): Element | undefined {
  const tag = bytes[at] ?? 0
  const kind = tag & 3
  if (kind === 0) return readLiteral(bytes, at, tag >> 2)
  const width = kind === 3 ? 4 : kind
  if (at + 1 + width > bytes.length) return undefined
  const distance = readLittle(bytes, at + 1, width)
  const next = at + 1 + width
  if (kind === 1) return { length: ((tag >> 2) & 7) + 4, back: distance + (tag >> 5) * 256, next }
  return { length: (tag >> 2) + 1, back: distance, next }
}

function readLiteral(bytes: Uint8Array, at: number, short: number): Element | undefined {
  const width = short < 60 ? 0 : short - 59
  if (at + 1 + width > bytes.length) return undefined
  const length = (width === 0 ? short : readLittle(bytes, at + 1, width)) + 1
  const next = at + 1 + width + length
  return next > bytes.length ? undefined : { length, back: undefined, next }
}

/** Copies may overlap what they write: one byte after the other. */
function copyBack(out: Uint8Array, filled: number, back: number, length: number): boolean {
  if (back === 0 || back > filled) return false
  for (let i = 0; i < length; i++) out[filled + i] = out[filled + i - back] ?? 0
  return true
}

function readLittle(bytes: Uint8Array, at: number, width: number): number {
  let value = 0
  for (let i = width - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0)
  return value
}

function readLength(bytes: Uint8Array): { value: number; next: number } | undefined {
  let value = 0
  for (let i = 0; i < 5; i++) {
    const byte = bytes[i]
    if (byte === undefined) return undefined
    value += (byte & 127) * 2 ** (7 * i)
    if (byte < 128) return { value, next: i + 1 }
  }
  return undefined
}
