import { crc32 } from 'node:zlib'

/** A stored member; what the two headers of a ZIP say may be set apart. */
export interface Member {
  readonly name: string
  /** One character a byte. */
  readonly text: string
  readonly localName?: string
  readonly flags?: number
  readonly crc?: number
  /** Unix mode, for links. */
  readonly mode?: number
}

const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}
const u64 = (value: number): Buffer => Buffer.concat([u32(value), u32(0)])

/** A ZIP archive of stored members (APPNOTE.TXT 4.3). */
export function zip(members: readonly Member[]): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let at = 0
  for (const { name, text, localName = name, flags = 0, crc, mode } of members) {
    const data = Buffer.from(text, 'latin1')
    const fields = (flag: number) =>
      Buffer.concat([
        u16(20),
        u16(flag),
        u16(0),
        u32(0),
        u32(crc ?? crc32(data)),
        u32(data.length),
        u32(data.length),
      ])
    const local = Buffer.concat([
      Buffer.from('PK\x03\x04'),
      fields(0),
      u16(Buffer.byteLength(localName)),
      u16(0),
      Buffer.from(localName),
      data,
    ])
    const madeBy = mode === undefined ? 20 : 0x0314
    central.push(
      Buffer.from('PK\x01\x02'),
      u16(madeBy),
      fields(flags),
      u16(Buffer.byteLength(name)),
      Buffer.alloc(8),
      u32((mode ?? 0) << 16),
      u32(at),
      Buffer.from(name),
    )
    locals.push(local)
    at += local.length
  }
  const directory = Buffer.concat(central)
  const count = u16(members.length)
  return Buffer.concat([
    ...locals,
    directory,
    Buffer.from('PK\x05\x06\0\0\0\0'),
    count,
    count,
    u32(directory.length),
    u32(at),
    u16(0),
  ])
}

/** An entry of a tar; a link has a target. */
export interface Entry {
  readonly name: string
  readonly text?: string
  readonly link?: string
}

/** A ustar archive (POSIX.1-2017, pax). */
export function tar(entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap(({ name, text = '', link }) => {
    const data = Buffer.from(text, 'latin1')
    const header = Buffer.alloc(512)
    header.write(name, 0, 'latin1')
    header.write('0000644\x000000000\x000000000\x00', 100, 'latin1')
    header.write(`${data.length.toString(8).padStart(11, '0')}\x0000000000000\0        `, 124, 'latin1')
    header.write(link === undefined ? '0' : '2', 156, 'latin1')
    header.write(link ?? '', 157, 'latin1')
    header.write('ustar\x0000', 257, 'latin1')
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]
  })
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

/** A 7z archive of one stored member (7zFormat.txt). */
export function sevenZip(name: string, text: string): Buffer {
  const data = Buffer.from(text, 'latin1')
  const wide = Buffer.from(`${name}\0`, 'utf16le')
  const size = (value: number): Buffer =>
    value < 128 ? Buffer.from([value]) : Buffer.from([0x80 | (value >> 8), value & 255])
  const header = Buffer.concat([
    // Header; the packed streams: one, at the start, of this size.
    Buffer.from([1, 4, 6, 0, 1, 9]),
    size(data.length),
    // One folder with one coder that copies.
    Buffer.from([0, 7, 11, 1, 0, 1, 1, 0, 12]),
    size(data.length),
    Buffer.from([0, 0]),
    // One file with its name.
    Buffer.from([5, 1, 0x11, wide.length + 1, 0]),
    wide,
    Buffer.from([0, 0]),
  ])
  const start = Buffer.concat([u64(data.length), u64(header.length), u32(crc32(header))])
  return Buffer.concat([
    Buffer.from('7z\xbc\xaf\x27\x1c\0\x04', 'latin1'),
    u32(crc32(start)),
    start,
    data,
    header,
  ])
}

/** A RAR 4 archive of one stored member (technote.txt of unrar 4). */
export function rar(name: string, text: string): Buffer {
  const data = Buffer.from(text, 'latin1')
  const block = (type: number, flags: number, rest: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from([type]), u16(flags), u16(rest.length + 7), rest])
    return Buffer.concat([u16(crc32(body) & 0xffff), body])
  }
  const file = Buffer.concat([
    u32(data.length),
    u32(data.length),
    Buffer.from([3]),
    u32(crc32(data)),
    u32(0),
    Buffer.from([20, 0x30]),
    u16(name.length),
    u32(0o100644),
    Buffer.from(name),
  ])
  return Buffer.concat([
    Buffer.from('Rar!\x1a\x07\0', 'latin1'),
    block(0x73, 0, Buffer.alloc(6)),
    block(0x74, 0x8000, file),
    data,
    block(0x7b, 0x4000, Buffer.alloc(0)),
  ])
}
