/** Types of FlexBuffers (https://flatbuffers.dev/internals/#flexbuffers), as they stand above the two bits of the width. */
const STRING = 5
const VECTORS: readonly number[] = [9, 10]

/**
 * The NodeDef in the options of a Flex operation: a FlexBuffer of two texts, the name of the operation and the NodeDef, as
 * the Flex delegate takes them (tensorflow/lite/delegates/flex/kernel.cc). Undefined when the bytes hold none.
 */
export function readFlexOptions(bytes: Uint8Array): Uint8Array | undefined {
  const rootBytes = bytes.at(-1) ?? 0
  const rootType = bytes.at(-2) ?? 0
  const vector = follow(bytes, bytes.length - 2 - rootBytes, rootBytes)
  if (vector === undefined || !VECTORS.includes(rootType >> 2)) return undefined
  const width = 1 << (rootType & 3)
  const count = numberAt(bytes, vector - width, width) ?? 0
  const type = bytes[vector + count * width + 1] ?? 0
  if (count < 2 || type >> 2 !== STRING) return undefined
  const start = follow(bytes, vector + width, width)
  const lengthBytes = 1 << (type & 3)
  const length = start === undefined ? undefined : numberAt(bytes, start - lengthBytes, lengthBytes)
  if (start === undefined || length === undefined || start + length > bytes.length) return undefined
  return bytes.subarray(start, start + length)
}

/** Offsets lead backwards from where they stand. */
function follow(bytes: Uint8Array, at: number, width: number): number | undefined {
  const back = numberAt(bytes, at, width)
  return back === undefined || back > at ? undefined : at - back
}

function numberAt(bytes: Uint8Array, at: number, width: number): number | undefined {
  if (![1, 2, 4, 8].includes(width) || at < 0 || at + width > bytes.length) return undefined
  let number = 0
  for (let i = width - 1; i >= 0; i--) number = number * 256 + (bytes[at + i] ?? 0)
  return number
}
