import { crc32, deflateRawSync } from 'node:zlib'
import type { Example } from './rule.ts'

/** A member of an archive made for an example; what the two headers say may be set apart. */
export interface CraftedMember {
  readonly name: string
  readonly text: string
  readonly localName?: string
  readonly flags?: number
  readonly localFlags?: number
  readonly localCrc?: number
  readonly mode?: number
  readonly isDeflated?: boolean
  /** What stands in the place of the packed text: what encryption makes of it. */
  readonly cipher?: string
  /** What both headers claim as size. */
  readonly claimedBytes?: number
  /** The directory does not mention it. */
  readonly isHidden?: boolean
}

export interface CraftedArchive {
  readonly prefix?: string
  readonly trailer?: string
  /** Members that the end record counts. */
  readonly entries?: number
}

/** A small archive byte by byte (APPNOTE.TXT 6.3.10), for examples of rules; a text is one character a byte. */
export function craftZip(members: readonly CraftedMember[], archive: CraftedArchive = {}): Example {
  const parts: Buffer[] = [Buffer.from(archive.prefix ?? '', 'latin1')]
  const central: Buffer[] = []
  let at = parts[0]?.length ?? 0
  for (const member of members) {
    const raw = Buffer.from(member.text, 'latin1')
    const packed = member.isDeflated === true ? deflateRawSync(raw) : raw
    const data = member.cipher === undefined ? packed : Buffer.from(member.cipher, 'latin1')
    const fields = { raw, data, at }
    const local = header(member, fields, true)
    parts.push(local, data)
    if (member.isHidden !== true) central.push(header(member, fields, false))
    at += local.length + data.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x0605_4b50, 0)
  end.writeUInt16LE(archive.entries ?? central.length, 8)
  end.writeUInt16LE(archive.entries ?? central.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  const bytes = Buffer.concat([...parts, directory, end, Buffer.from(archive.trailer ?? '', 'latin1')])
  return { name: 'a.zip', bytes: new Uint8Array(bytes) }
}

interface Fields {
  readonly raw: Buffer
  readonly data: Buffer
  readonly at: number
}

function header(member: CraftedMember, { raw, data, at }: Fields, isLocal: boolean): Buffer {
  const name = Buffer.from(isLocal ? (member.localName ?? member.name) : member.name)
  const fixed = Buffer.alloc(isLocal ? 30 : 46)
  const shift = isLocal ? 0 : 2
  fixed.writeUInt32LE(isLocal ? 0x0403_4b50 : 0x0201_4b50, 0)
  fixed.writeUInt16LE(isLocal ? (member.localFlags ?? member.flags ?? 0) : (member.flags ?? 0), 6 + shift)
  fixed.writeUInt16LE(member.isDeflated === true ? 8 : 0, 8 + shift)
  fixed.writeUInt32LE(isLocal ? (member.localCrc ?? crc32(raw)) : crc32(raw), 14 + shift)
  fixed.writeUInt32LE(data.length, 18 + shift)
  fixed.writeUInt32LE(member.claimedBytes ?? raw.length, 22 + shift)
  fixed.writeUInt16LE(name.length, 26 + shift)
  if (!isLocal) {
    fixed.writeUInt16LE(member.mode ?? 0, 40)
    fixed.writeUInt32LE(at, 42)
  }
  return Buffer.concat([fixed, name])
}
