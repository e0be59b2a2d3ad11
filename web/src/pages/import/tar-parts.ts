/** A file under the name that it has within the model. */
export interface NamedFile {
  /** Relative, with `/`. */
  readonly name: string
  readonly file: Blob
}

/** What a blob can be made of. */
type Part = Blob | Uint8Array<ArrayBuffer>

/** Bytes; a tar is made of such blocks (POSIX.1-2017, pax, "ustar Interchange Format"). */
const BLOCK = 512
/** Bytes of a name in the header itself; a longer one stands in a record before it. */
const MAX_PLAIN_NAME = 100
/** Bytes that eleven octal digits can tell: 8 GiB less one. */
const MAX_PLAIN_SIZE = 0o77777777777
const encoder = new TextEncoder()

/**
 * The parts of a tar of these files, for a blob: the files are named in it and not read, so that the browser reads them
 * from the disk piece by piece while it sends them. Times, owners and modes are the same for all: they are no part of a model.
 */
export function tarParts(files: readonly NamedFile[]): Part[] {
  const parts = files.flatMap(({ name, file }) => [
    ...headersOf(name, file.size),
    file,
    new Uint8Array(padding(file.size)),
  ])
  return [...parts, new Uint8Array(2 * BLOCK)]
}

function headersOf(name: string, size: number): readonly Part[] {
  const records = [
    ...(isPlain(name) ? [] : [record('path', name)]),
    ...(size > MAX_PLAIN_SIZE ? [record('size', String(size))] : []),
  ]
  const plain = header({ name: isPlain(name) ? name : 'see-path', size, type: '0' })
  if (records.length === 0) return [plain]
  const text = joined(records)
  const before = header({ name: 'records', size: text.length, type: 'x' })
  return [before, text, new Uint8Array(padding(text.length)), plain]
}

function isPlain(name: string): boolean {
  return name.length <= MAX_PLAIN_NAME && /^[\x20-\x7e]*$/.test(name)
}

/** `27 path=…`: the length counts the whole record, its own digits too. */
function record(key: string, value: string): Uint8Array {
  const rest = encoder.encode(` ${key}=${value}\n`)
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return joined([encoder.encode(String(length)), rest])
}

interface Head {
  readonly name: string
  readonly size: number
  /** `0` a file, `x` records about the file that follows. */
  readonly type: '0' | 'x'
}

function header({ name, size, type }: Head): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK)
  const put = (text: string, at: number) => block.set(encoder.encode(text), at)
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0')
  put(name, 0)
  put('0000644\0', 100)
  put('0000000\0', 108)
  put('0000000\0', 116)
  // A size that does not fit stands in a record; what stands here is then not read.
  put(`${octal(size > MAX_PLAIN_SIZE ? 0 : size, 11)}\0`, 124)
  put(`${octal(0, 11)}\0`, 136)
  put('        ', 148)
  put(type, 156)
  put('ustar\x0000', 257)
  const sum = block.reduce((all, byte) => all + byte, 0)
  put(`${octal(sum, 6)}\0 `, 148)
  return block
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK
}
