import { utf8 } from '../../ground/lang/index.ts'

// A bundle is a tar (POSIX.1-1988 ustar) of one shape: plain files, in the order of the index, no times, no owners. Whoever reads
// it knows from the signed index what each header must be, so that no header is ever interpreted, only compared.

/** Bytes of a record. */
export const RECORD_BYTES = 512
/** Two empty records end a tar. */
export const TAR_END = new Uint8Array(2 * RECORD_BYTES)
/** Bytes. Eleven octal digits; larger files have their size in base 256, as GNU tar and POSIX readers know it. */
const MAX_OCTAL = 0o77777777777
const AT = { mode: 100, uid: 108, gid: 116, size: 124, mtime: 136, sum: 148, type: 156, magic: 257 } as const

/** The one header that a member of this name and size has. @param name at most 100 bytes of ASCII */
export function headerOf(name: string, size: number): Uint8Array {
  const header = new Uint8Array(RECORD_BYTES)
  const put = (at: number, text: string) => header.set(utf8(text), at)
  put(0, name)
  put(AT.mode, '0000444\0')
  put(AT.uid, '0000000\0')
  put(AT.gid, '0000000\0')
  putSize(header, size)
  put(AT.mtime, '00000000000\0')
  put(AT.type, '0')
  put(AT.magic, 'ustar\u000000')
  put(AT.sum, '        ')
  const sum = header.reduce((total, byte) => total + byte, 0)
  put(AT.sum, `${sum.toString(8).padStart(6, '0')}\0 `)
  return header
}

function putSize(header: Uint8Array, size: number): void {
  if (size <= MAX_OCTAL) {
    header.set(utf8(`${size.toString(8).padStart(11, '0')}\0`), AT.size)
    return
  }
  let rest = BigInt(size)
  for (let at = AT.size + 11; at > AT.size; at--) {
    header[at] = Number(rest & 0xffn)
    rest >>= 8n
  }
  header[AT.size] = 0x80
}

/** The size in the header of the first member, which alone no index has told; undefined for what is no such header. */
export function sizeOfFirst(header: Uint8Array): number | undefined {
  const digits = Buffer.from(header.subarray(AT.size, AT.size + 12)).toString('latin1')
  return /^[0-7]{11}\0$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

/** Bytes between the end of a member and the next record. */
export function paddingOf(size: number): number {
  return (RECORD_BYTES - (size % RECORD_BYTES)) % RECORD_BYTES
}
