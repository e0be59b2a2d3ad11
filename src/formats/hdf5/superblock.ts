import type { ByteSource } from '../../ground/lang/index.ts'
import { Hdf5Break, type Hdf5Bytes, type Hdf5Cursor } from './hdf5-bytes.ts'
import { readObjectHeader } from './object-header.ts'

/** What the superblock says (specification II.A); `base` of the bytes is set by reading it. */
export interface Superblock {
  readonly version: number
  readonly root: number
  readonly endAddress: number
  readonly driver: string | undefined
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
/** Superblocks stand at 0, 512, 1024, … twice as far each time; user blocks beyond 64 MiB are not looked for. */
const LAST_PLACE = 64 * 1024 * 1024

/** Whether bytes have the signature at `at`. */
function hasSignature(bytes: Uint8Array, at = 0): boolean {
  return SIGNATURE.every((byte, i) => bytes[at + i] === byte)
}

/** Where the superblock stands, or undefined. */
export async function findSuperblock(source: ByteSource, signal?: AbortSignal): Promise<number | undefined> {
  for (let at = 0; at <= LAST_PLACE && at + 8 <= source.size; at = at === 0 ? 512 : at * 2)
    if (hasSignature(await source.read(at, 8, signal))) return at
  return undefined
}

/** Reads the superblock at an offset of the file and sets sizes and base. @throws Hdf5Break */
export async function readSuperblock(bytes: Hdf5Bytes, start: number): Promise<Superblock> {
  const at = await bytes.blockUpTo(start, 160)
  at.skip(8)
  const version = at.u8()
  if (version > 3) throw new Hdf5Break('unread', `superblock version ${version}`, start)
  return version < 2 ? readOld(bytes, at, version) : readNew(bytes, at, version)
}

function setSizes(bytes: Hdf5Bytes, offsetBytes: number, lengthBytes: number): void {
  if (![2, 4, 8].includes(offsetBytes) || ![2, 4, 8].includes(lengthBytes))
    throw new Hdf5Break('broken', `addresses of ${offsetBytes} and lengths of ${lengthBytes} bytes`, 13)
  bytes.offsetBytes = offsetBytes
  bytes.lengthBytes = lengthBytes
}

/** Addresses count from the base; files that were cut out of another one keep a wrong one, and the library then takes the place of the superblock. */
function setBase(bytes: Hdf5Bytes, start: number): void {
  bytes.base = start
}

async function readOld(bytes: Hdf5Bytes, at: Hdf5Cursor, version: number): Promise<Superblock> {
  at.skip(4)
  setSizes(bytes, at.u8(), at.u8())
  at.skip(1 + 4 + 4 + (version === 1 ? 4 : 0))
  const start = at.address
  at.offset()
  at.offset()
  const endAddress = at.offset()
  const driverAddress = at.offset()
  at.offset()
  const root = at.offset()
  setBase(bytes, start)
  return {
    version,
    root,
    endAddress: endOf(endAddress, start),
    driver: await readDriver(bytes, driverAddress),
  }
}

async function readNew(bytes: Hdf5Bytes, at: Hdf5Cursor, version: number): Promise<Superblock> {
  setSizes(bytes, at.u8(), at.u8())
  at.skip(1)
  const start = at.address
  at.offset()
  const extension = at.offset()
  const endAddress = at.offset()
  const root = at.offset()
  setBase(bytes, start)
  const driver = extension === Number.POSITIVE_INFINITY ? undefined : await readExtension(bytes, extension)
  return { version, root, endAddress: endOf(endAddress, start), driver }
}

/** The end is counted from the start of the file; ours from the base. */
function endOf(endAddress: number, start: number): number {
  return endAddress === Number.POSITIVE_INFINITY ? 0 : endAddress - start
}

/** A driver information block (specification II.B): its name says that the file is one of several. */
async function readDriver(bytes: Hdf5Bytes, address: number): Promise<string | undefined> {
  if (address === Number.POSITIVE_INFINITY) return undefined
  const at = await bytes.block(address, 16)
  at.skip(8)
  return Buffer.from(at.take(8)).toString('latin1')
}

async function readExtension(bytes: Hdf5Bytes, address: number): Promise<string | undefined> {
  const messages = await readObjectHeader(bytes, address)
  const driver = messages.find(({ type }) => type === 0x14)
  if (driver === undefined) return undefined
  driver.body.skip(1)
  return Buffer.from(driver.body.take(8)).toString('latin1')
}
