/** A field of a protobuf message made for an example: a number, a text (one character a byte), or an inner message. */
export type WirePart = readonly [field: number, value: number | bigint | string | readonly WirePart[]]

/** A protobuf message byte by byte (https://protobuf.dev/programming-guides/encoding/), one character a byte. */
export function craftWire(parts: readonly WirePart[]): string {
  return parts.map(fieldOf).join('')
}

function fieldOf([field, value]: WirePart): string {
  if (typeof value === 'number' || typeof value === 'bigint')
    return varint(BigInt(field) << 3n) + varint(BigInt.asUintN(64, BigInt(value)))
  const bytes = typeof value === 'string' ? value : craftWire(value)
  return varint((BigInt(field) << 3n) | 2n) + varint(BigInt(bytes.length)) + bytes
}

function varint(value: bigint): string {
  let text = ''
  let left = value
  while (left > 127n) {
    text += String.fromCharCode(Number(left & 127n) | 128)
    left >>= 7n
  }
  return text + String.fromCharCode(Number(left))
}
