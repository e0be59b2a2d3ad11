import { mutate } from './mutate.ts'

type Random = (below: number) => number

/** Records of an archive by their signatures, with the fields behind each: offset and width in bytes. */
const RECORDS: Readonly<Record<number, readonly (readonly [number, 1 | 2 | 4 | 8])[]>> = {
  // Local header.
  67324752: [
    [4, 2],
    [6, 2],
    [8, 2],
    [14, 4],
    [18, 4],
    [22, 4],
    [26, 2],
    [28, 2],
    [30, 1],
  ],
  // Central entry.
  33639248: [
    [8, 2],
    [10, 2],
    [16, 4],
    [20, 4],
    [24, 4],
    [28, 2],
    [30, 2],
    [32, 2],
    [38, 4],
    [42, 4],
    [46, 1],
  ],
  // End record, ZIP64 end record and locator, data descriptor.
  101010256: [
    [4, 2],
    [6, 2],
    [8, 2],
    [10, 2],
    [12, 4],
    [16, 4],
    [20, 2],
  ],
  101075792: [
    [4, 8],
    [24, 8],
    [32, 8],
    [40, 8],
    [48, 8],
  ],
  117853008: [
    [8, 8],
    [16, 4],
  ],
  134695760: [
    [4, 4],
    [8, 4],
    [12, 4],
  ],
}

interface Found {
  readonly at: number
  readonly fields: readonly (readonly [number, 1 | 2 | 4 | 8])[]
}

/** A well-formed archive with some fields set to telling values, records doubled, moved or joined with another archive. */
export function mutateZip(seed: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(seed)
  for (let i = random(4); i >= 0; i--) bytes = mutateField(bytes, random)
  switch (random(8)) {
    case 0:
      return mutate(bytes, random)
    case 1:
      return join(bytes, seed)
    case 2:
      return join(bytes, addWideEnd(seed, random))
    case 3:
      return addWideEnd(bytes, random)
    case 4:
      return doubleRecord(bytes, random)
    default:
      return bytes
  }
}

function recordsOf(bytes: Uint8Array): Found[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const found: Found[] = []
  for (let at = 0; at + 4 <= bytes.length; at++) {
    const fields = bytes[at] === 0x50 ? RECORDS[view.getUint32(at, true)] : undefined
    if (fields !== undefined) found.push({ at, fields })
  }
  return found
}

function mutateField(bytes: Uint8Array, random: Random): Uint8Array {
  const records = recordsOf(bytes)
  const record = records[random(Math.max(1, records.length))]
  if (record === undefined) return mutate(bytes, random)
  const [offset, width] = record.fields[random(record.fields.length)] ?? [0, 1]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const at = record.at + offset
  if (at + width > bytes.length) return bytes
  const other = records[random(records.length)]?.at ?? 0
  const values = [
    0,
    1,
    8,
    9,
    12,
    14,
    93,
    0xffff,
    0xffff_ffff,
    other,
    bytes.length,
    random(300),
    bytes.length - at,
    0x801,
  ]
  const value = values[random(values.length)] ?? 0
  if (width === 1) bytes[at] = value
  else if (width === 2) view.setUint16(at, value, true)
  else if (width === 4) view.setUint32(at, value, true)
  else view.setBigUint64(at, BigInt(value) * (random(9) === 0 ? 2n ** 32n : 1n), true)
  return bytes
}

function join(one: Uint8Array, other: Uint8Array): Uint8Array {
  const joined = new Uint8Array(one.length + other.length)
  joined.set(one)
  joined.set(other, one.length)
  return joined
}

/** Puts a ZIP64 end record and its locator before the end record. */
function addWideEnd(bytes: Uint8Array, random: Random): Uint8Array {
  const end = recordsOf(bytes).findLast(({ at }) => bytes[at + 2] === 5)?.at
  if (end === undefined || end + 22 > bytes.length) return bytes
  const small = new DataView(bytes.buffer, bytes.byteOffset + end, 22)
  const wide = new DataView(new ArrayBuffer(76))
  wide.setUint32(0, 0x0606_4b50, true)
  wide.setBigUint64(4, 44n, true)
  wide.setBigUint64(32, BigInt(small.getUint16(10, true)), true)
  wide.setBigUint64(40, BigInt(small.getUint32(12, true)), true)
  wide.setBigUint64(48, BigInt(small.getUint32(16, true)), true)
  wide.setUint32(56, 0x0706_4b50, true)
  wide.setBigUint64(64, BigInt(random(4) === 0 ? random(bytes.length) : end), true)
  return join(join(bytes.slice(0, end), new Uint8Array(wide.buffer)), bytes.slice(end))
}

function doubleRecord(bytes: Uint8Array, random: Random): Uint8Array {
  const records = recordsOf(bytes)
  const index = random(Math.max(1, records.length))
  const from = records[index]?.at ?? 0
  const to = records[index + 1]?.at ?? bytes.length
  return join(join(bytes.slice(0, to), bytes.slice(from, to)), bytes.slice(to))
}
