const RECORD = 512

/** What one header of 512 bytes says (POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format"). */
export interface TarHeader {
  readonly name: string
  readonly type: string
  readonly link: string
  readonly sizeBytes: number
  readonly isGnu: boolean
  /** GNU sparse: the map goes on in further records. */
  readonly isExtended: boolean
}

/** Whether bytes are a tar header: the checksum holds, and the type and the size can be read. */
export function looksLikeTar(head: Uint8Array): boolean {
  return head.length >= RECORD && readHeader(head.subarray(0, RECORD)) !== undefined
}

/** Reads a header; undefined when its checksum is wrong. */
export function readHeader(bytes: Uint8Array): TarHeader | undefined {
  if (bytes.length < RECORD || bytes[0] === 0) return undefined
  const wanted = numberOf(bytes, 148, 8)
  if (wanted === undefined) return undefined
  const [plain, signed] = sumsOf(bytes)
  if (wanted !== plain && wanted !== signed) return undefined
  const magic = textOf(bytes, 257, 8)
  const isGnu = magic.startsWith('ustar ')
  const isUstar = !isGnu && magic.startsWith('ustar')
  const prefix = isUstar ? textOf(bytes, 345, 155) : ''
  const name = textOf(bytes, 0, 100)
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: String.fromCharCode(bytes[156] ?? 0),
    link: textOf(bytes, 157, 100),
    sizeBytes: numberOf(bytes, 124, 12) ?? Number.NaN,
    isGnu,
    isExtended: isGnu && bytes[482] === 1,
  }
}

/** The sum of all bytes, the checksum itself counted as blanks; old writers added signed bytes. */
function sumsOf(bytes: Uint8Array): readonly [number, number] {
  let plain = 0
  let signed = 0
  for (let i = 0; i < RECORD; i++) {
    const byte = i >= 148 && i < 156 ? 32 : (bytes[i] ?? 0)
    plain += byte
    signed += byte > 127 ? byte - 256 : byte
  }
  return [plain, signed]
}

/** Octal text, or base 256 when the first bit is set. Undefined when it is neither. */
function numberOf(bytes: Uint8Array, at: number, length: number): number | undefined {
  const first = bytes[at] ?? 0
  if (first & 0x80) {
    if (first !== 0x80) return undefined
    let value = 0
    for (let i = 1; i < length; i++) value = value * 256 + (bytes[at + i] ?? 0)
    return Number.isSafeInteger(value) ? value : undefined
  }
  if (holdsOther(bytes, at, length)) return undefined
  const text = textOf(bytes, at, length).trim()
  if (text === '') return 0
  return /^[0-7]{1,12}$/.test(text) ? Number.parseInt(text, 8) : undefined
}

/** Whether a character that is no blank and no octal digit stands before the NUL. */
function holdsOther(bytes: Uint8Array, at: number, length: number): boolean {
  for (let i = at; i < at + length; i++) {
    const byte = bytes[i] ?? 0
    if (byte === 0) return false
    if (byte > 0x20 && byte < 0x80 && (byte < 0x30 || byte > 0x37)) return true
  }
  return false
}

function textOf(bytes: Uint8Array, at: number, length: number): string {
  const part = bytes.subarray(at, at + length)
  const end = part.indexOf(0)
  return Buffer.from(end < 0 ? part : part.subarray(0, end)).toString('utf8')
}
