import type { Example } from '../../rule.ts'

/** A dataset or group made for an example. */
export interface CraftedObject {
  readonly name: string
  /** Bytes taken from another file as elements. */
  readonly externalFile?: string
  /** Dimensions of a chunked dataset of floats without any chunk. */
  readonly shape?: readonly number[]
  /** Elements of a scalar of text. */
  readonly text?: string
}

/** What stands in the root group of a crafted file. */
export interface CraftedHdf5 {
  readonly attributes?: Readonly<Record<string, string>>
  readonly objects?: readonly CraftedObject[]
  /** Links by name: type 1 soft, 64 external, others user-defined. */
  readonly links?: readonly { readonly name: string; readonly type: number; readonly value: string }[]
}

const UNSET = Buffer.alloc(8, 0xff)

/** A small HDF5 file byte by byte (File Format Specification 3.0: superblock 0, object headers 1), for examples of rules; h5py reads it. */
export function craftHdf5(name: string, { attributes = {}, objects = [], links = [] }: CraftedHdf5): Example {
  const parts: Buffer[] = []
  let at = 96
  const place = (part: Buffer): number => {
    const padded = Buffer.concat([part, Buffer.alloc((8 - (part.length % 8)) % 8)])
    parts.push(padded)
    at += padded.length
    return at - padded.length
  }
  const hard = objects.map((object) => link(object.name, 0, u64(place(dataset(object, place)))))
  const named = links.map(({ name: linkName, type, value }) => link(linkName, type, sized(value)))
  const root = place(
    header([
      [0x02, Buffer.concat([Buffer.alloc(2), UNSET, UNSET])],
      [0x0a, Buffer.alloc(2)],
      ...[...hard, ...named].map((body): Message => [0x06, body]),
      ...Object.entries(attributes).map(([key, value]): Message => [0x0c, attribute(key, value)]),
    ]),
  )
  const bytes = Buffer.concat([superblock(root, at), ...parts])
  return { name, bytes: new Uint8Array(bytes) }
}

type Message = readonly [type: number, body: Buffer]

function superblock(root: number, end: number): Buffer {
  const fixed = Buffer.from([0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0])
  return Buffer.concat([
    Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'),
    fixed,
    u64(0),
    UNSET,
    u64(end),
    UNSET,
    u64(0),
    u64(root),
    Buffer.alloc(24),
  ])
}

function header(messages: readonly Message[]): Buffer {
  const bodies = messages.map(([type, body]) => {
    const padded = Buffer.concat([body, Buffer.alloc((8 - (body.length % 8)) % 8)])
    const head = Buffer.alloc(8)
    head.writeUInt16LE(type, 0)
    head.writeUInt16LE(padded.length, 2)
    return Buffer.concat([head, padded])
  })
  const all = Buffer.concat(bodies)
  const head = Buffer.alloc(16)
  head.writeUInt8(1, 0)
  head.writeUInt16LE(messages.length, 2)
  head.writeUInt32LE(1, 4)
  head.writeUInt32LE(all.length, 8)
  return Buffer.concat([head, all])
}

function dataset(object: CraftedObject, place: (part: Buffer) => number): Buffer {
  if (object.text !== undefined) return textDataset(object.text, place)
  const shape = object.shape ?? [16]
  const isChunked = object.shape !== undefined
  const layout = isChunked
    ? Buffer.concat([
        Buffer.from([3, 2, shape.length + 1]),
        UNSET,
        ...[...shape, 4].map((n) => u32(Math.min(n, 1024))),
      ])
    : Buffer.concat([Buffer.from([3, 1]), UNSET, u64(16)])
  return header([
    [0x01, Buffer.concat([Buffer.from([1, shape.length, 0, 0, 0, 0, 0, 0]), ...shape.map(u64)])],
    [0x03, isChunked ? FLOAT : BYTE],
    [0x05, Buffer.from([2, 2, 2, 0])],
    [0x08, layout],
    ...(object.externalFile === undefined ? [] : [external(object.externalFile, place)]),
  ])
}

function textDataset(text: string, place: (part: Buffer) => number): Buffer {
  const data = Buffer.from(text)
  return header([
    [0x01, Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])],
    [0x03, textType(data.length)],
    [0x05, Buffer.from([2, 2, 2, 0])],
    [0x08, Buffer.concat([Buffer.from([3, 1]), u64(place(data)), u64(data.length)])],
  ])
}

const FLOAT = Buffer.from('1120' + '1f00' + '04000000' + '00002000' + '17080017' + '7f000000', 'hex')
const BYTE = Buffer.from('10000000' + '01000000' + '00000800', 'hex')

function external(name: string, place: (part: Buffer) => number): Message {
  const names = Buffer.concat([
    Buffer.alloc(8),
    Buffer.from(`${name}\0`),
    Buffer.alloc(7 - (name.length % 8)),
  ])
  const free = Buffer.concat([u64(1), u64(16)])
  const data = place(Buffer.concat([names, free]))
  const heap = place(
    Buffer.concat([Buffer.from('HEAP\0\0\0\0'), u64(names.length + 16), u64(names.length), u64(data)]),
  )
  const head = Buffer.from([1, 0, 0, 0, 1, 0, 1, 0])
  return [0x07, Buffer.concat([head, u64(heap), u64(8), u64(0), u64(16)])]
}

function link(name: string, type: number, value: Buffer): Buffer {
  const text = Buffer.from(name)
  const head = type === 0 ? [1, 0x10, 1, text.length] : [1, 0x18, type, 1, text.length]
  return Buffer.concat([Buffer.from(head), text, value])
}

function attribute(name: string, value: string): Buffer {
  const key = Buffer.from(`${name}\0`)
  const data = Buffer.from(value)
  const pad = (part: Buffer): Buffer => Buffer.concat([part, Buffer.alloc((8 - (part.length % 8)) % 8)])
  const head = Buffer.alloc(8)
  head.writeUInt8(1, 0)
  head.writeUInt16LE(key.length, 2)
  head.writeUInt16LE(8, 4)
  head.writeUInt16LE(8, 6)
  return Buffer.concat([head, pad(key), textType(data.length), Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), data])
}

function textType(length: number): Buffer {
  return Buffer.concat([Buffer.from([0x13, 1, 0, 0]), u32(length)])
}

function sized(value: string): Buffer {
  const data = Buffer.from(value, 'latin1')
  const size = Buffer.alloc(2)
  size.writeUInt16LE(data.length)
  return Buffer.concat([size, data])
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}
