import type { Example } from '../../rule.ts'

/** A tensor of an example; its data are zeros. */
export interface CraftedTensor {
  readonly name: string
  readonly shape: readonly number[]
  /** Of ggml; 0 is F32. */
  readonly type?: number
  readonly offset?: number
}

export interface CraftedGguf {
  readonly version?: number
  readonly isBigEndian?: boolean
  /** Texts, numbers (u32), and arrays of texts. */
  readonly entries?: readonly (readonly [string, string | number | readonly string[]])[]
  readonly tensors?: readonly CraftedTensor[]
  /** Bytes of data after the header. */
  readonly dataBytes?: number
  readonly claimedTensors?: number
}

const U32 = 4
const STRING = 8
const ARRAY = 9

/** A GGUF file byte by byte (docs/gguf.md of ggml), for examples of rules. */
export function craftGguf(crafted: CraftedGguf): Example {
  const { version = 3, isBigEndian = false, entries = [], tensors = [], dataBytes = 0 } = crafted
  const u32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4)
    if (isBigEndian) bytes.writeUInt32BE(value)
    else bytes.writeUInt32LE(value)
    return bytes
  }
  const count = (value: number): Buffer => {
    if (version === 1) return u32(value)
    const bytes = Buffer.alloc(8)
    if (isBigEndian) bytes.writeBigUInt64BE(BigInt(value))
    else bytes.writeBigUInt64LE(BigInt(value))
    return bytes
  }
  const u64 = (value: number): Buffer => (version === 1 ? Buffer.concat([u32(value), u32(0)]) : count(value))
  const text = (value: string): Buffer => Buffer.concat([count(Buffer.byteLength(value)), Buffer.from(value)])
  const entry = (value: string | number | readonly string[]): Buffer => {
    if (typeof value === 'number') return Buffer.concat([u32(U32), u32(value)])
    if (typeof value === 'string') return Buffer.concat([u32(STRING), text(value)])
    return Buffer.concat([u32(ARRAY), u32(STRING), count(value.length), ...value.map(text)])
  }
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    u32(version),
    count(crafted.claimedTensors ?? tensors.length),
    count(entries.length),
    ...entries.map(([key, value]) => Buffer.concat([text(key), entry(value)])),
    ...tensors.map(({ name, shape, type = 0, offset = 0 }) =>
      Buffer.concat([text(name), u32(shape.length), ...shape.map(count), u32(type), u64(offset)]),
    ),
  ])
  const padding = dataBytes === 0 ? 0 : (32 - (header.length % 32)) % 32
  return { name: 'a.gguf', bytes: new Uint8Array(Buffer.concat([header, Buffer.alloc(padding + dataBytes)])) }
}
