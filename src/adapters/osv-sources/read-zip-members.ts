import type { FileHandle } from 'node:fs/promises'
import { inflateRawSync } from 'node:zlib'
import { SallyportError } from '../../ground/lang/index.ts'

/** Members of one dump. The largest ecosystem (npm) has some 250,000 records. */
const MAX_MEMBERS = 5_000_000
/** Bytes of the directory at the end: 100 a member. */
const MAX_DIRECTORY_BYTES = 1024 * 1024 * 1024
/** Bytes of one record. Kernel records have some 2 MB. */
const MAX_MEMBER_BYTES = 32 * 1024 * 1024
/** Bytes of the end record with the longest comment (APPNOTE 4.3.16). */
const MAX_TAIL = 22 + 65_535 + 20
/** Inflating more than this many times is a bomb (CWE-409); JSON of records shrinks to a fifth. */
const MAX_RATIO = 1100

interface Directory {
  readonly offset: number
  readonly bytes: number
  readonly entries: number
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, offset + done)
    if (bytesRead === 0) throw new SallyportError('BAD_INPUT', 'the archive ends before it should')
    done += bytesRead
  }
  return buffer
}

/** The directory of an archive, ZIP64 too: dumps have more members than 65,535. APPNOTE 4.3.14 to 4.3.16. */
async function findDirectory(file: FileHandle, size: number): Promise<Directory> {
  const tailSize = Math.min(size, MAX_TAIL)
  const tail = await readAt(file, size - tailSize, tailSize)
  const at = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  if (at < 0 || at + 22 > tail.length) throw new SallyportError('BAD_INPUT', 'it is no zip archive')
  const plain = {
    entries: tail.readUInt16LE(at + 10),
    bytes: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  }
  const hasLocator = at >= 20 && tail.readUInt32LE(at - 20) === 0x07064b50
  const directory = hasLocator ? await readZip64(file, Number(tail.readBigUInt64LE(at - 12))) : plain
  if (
    directory.entries > MAX_MEMBERS ||
    directory.bytes > MAX_DIRECTORY_BYTES ||
    directory.offset + directory.bytes > size
  )
    throw new SallyportError(
      'TOO_LARGE',
      `the archive states ${directory.entries} members in ${directory.bytes} bytes, which is not believed`,
    )
  return directory
}

async function readZip64(file: FileHandle, offset: number): Promise<Directory> {
  const record = await readAt(file, offset, 56)
  if (record.readUInt32LE(0) !== 0x06064b50)
    throw new SallyportError('BAD_INPUT', 'the archive has a broken ZIP64 end')
  return {
    entries: Number(record.readBigUInt64LE(32)),
    bytes: Number(record.readBigUInt64LE(40)),
    offset: Number(record.readBigUInt64LE(48)),
  }
}

/** Members of a zip whose name ends in `.json`, one after the other. @throws SallyportError `BAD_INPUT`, `TOO_LARGE` */
export async function* readZipMembers(
  file: FileHandle,
  size: number,
): AsyncIterable<{ readonly name: string; readonly bytes: Uint8Array }> {
  const { offset, bytes } = await findDirectory(file, size)
  const directory = await readAt(file, offset, bytes)
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50; ) {
    const nameLength = directory.readUInt16LE(at + 28)
    const extraLength = directory.readUInt16LE(at + 30)
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength)
    const member = {
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      unpacked: directory.readUInt32LE(at + 24),
      local: directory.readUInt32LE(at + 42),
      extra: directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength),
    }
    if (name.endsWith('.json')) yield { name, bytes: await unpack(file, name, withZip64(member)) }
    at += 46 + nameLength + extraLength + directory.readUInt16LE(at + 32)
  }
}

interface Member {
  readonly method: number
  readonly packed: number
  readonly unpacked: number
  readonly local: number
  readonly extra: Buffer
}

/** Numbers that do not fit 32 bits stand in an extra field, in this order. APPNOTE 4.5.3. */
function withZip64(member: Member): Member {
  const { extra } = member
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue
    let next = at + 4
    const take = (value: number): number => {
      if (value !== 0xffffffff || next + 8 > extra.length) return value
      next += 8
      return Number(extra.readBigUInt64LE(next - 8))
    }
    const unpacked = take(member.unpacked)
    const packed = take(member.packed)
    return { ...member, unpacked, packed, local: take(member.local) }
  }
  return member
}

async function unpack(file: FileHandle, name: string, member: Member): Promise<Uint8Array> {
  const { method, packed, unpacked, local } = member
  const isBelieved =
    packed <= MAX_MEMBER_BYTES && unpacked <= MAX_MEMBER_BYTES && unpacked <= packed * MAX_RATIO + 1024
  if (!isBelieved)
    throw new SallyportError('TOO_LARGE', `the member "${name}" states ${unpacked} bytes out of ${packed}`)
  const head = await readAt(file, local, 30)
  if (head.readUInt32LE(0) !== 0x04034b50)
    throw new SallyportError('BAD_INPUT', `the member "${name}" has no beginning`)
  const start = local + 30 + head.readUInt16LE(26) + head.readUInt16LE(28)
  const raw = await readAt(file, start, packed)
  if (method === 0) return raw
  if (method !== 8)
    throw new SallyportError('NOT_SUPPORTED', `the member "${name}" is packed by method ${method}`)
  try {
    return inflateRawSync(raw, { maxOutputLength: Math.max(1, unpacked) })
  } catch (cause) {
    throw new SallyportError('BAD_INPUT', `the member "${name}" cannot be unpacked`, { cause })
  }
}
