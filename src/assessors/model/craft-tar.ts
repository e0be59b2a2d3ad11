/** An entry of a tar made for an example. */
export interface CraftedEntry {
  readonly name: string
  readonly text?: string
  /** Type flag, `0` for a file when not given. */
  readonly type?: string
  readonly link?: string
  /** Set to write a wrong checksum. */
  readonly checksum?: number
  /** What the header claims as size. */
  readonly claimedBytes?: number
}

/** A small ustar archive byte by byte (POSIX.1-2017, pax, "ustar Interchange Format"); a text is one character a byte. */
export function craftTar(entries: readonly CraftedEntry[], trailer = ''): Uint8Array {
  const parts: Buffer[] = []
  for (const entry of entries) {
    const data = Buffer.from(entry.text ?? '', 'latin1')
    parts.push(headerOf(entry, data.length), data, Buffer.alloc((512 - (data.length % 512)) % 512))
  }
  parts.push(Buffer.alloc(1024), Buffer.from(trailer, 'latin1'))
  return new Uint8Array(Buffer.concat(parts))
}

function headerOf(entry: CraftedEntry, sizeBytes: number): Buffer {
  const header = Buffer.alloc(512)
  header.write(entry.name, 0, 100, 'latin1')
  header.write('0000644\x000000000\x000000000\x00', 100, 'latin1')
  header.write(`${(entry.claimedBytes ?? sizeBytes).toString(8).padStart(11, '0')}\0`, 124, 'latin1')
  header.write('00000000000\0', 136, 'latin1')
  header.write(' '.repeat(8), 148, 'latin1')
  header.write(entry.type ?? '0', 156, 'latin1')
  header.write(entry.link ?? '', 157, 100, 'latin1')
  header.write('ustar\x0000', 257, 'latin1')
  let sum = 0
  for (const byte of header) sum += byte
  header.write(`${(entry.checksum ?? sum).toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}
