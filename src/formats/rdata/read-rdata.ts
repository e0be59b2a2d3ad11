import { ByteCursor, type ByteSource, StreamBreak } from '../../ground/lang/index.ts'
import { ITEM_KINDS } from './item-kinds.ts'
import { ItemReader } from './item-reader.ts'
import type { RdataView, RProblem } from './r-node.ts'
import { AsciiStream, BinaryStream, type RStream } from './r-stream.ts'

const MAGIC = /^(?:RD([XAB])([1-9])\n)?(?:([XAB])\n)/
/** `R`, `X`, `A`, `B`: what begins otherwise is told by one look. */
const FIRST_BYTES: ReadonlySet<number | undefined> = new Set([0x52, 0x58, 0x41, 0x42])
/** Longest name of an encoding in a header of version 3. */
const MAX_ENCODING_NAME = 64

interface Opening {
  readonly format: 'rds' | 'rda'
  readonly letter: string
  readonly start: number
}

function openingOf(head: Uint8Array): Opening | undefined {
  if (!FIRST_BYTES.has(head[0])) return undefined
  const found = MAGIC.exec(Buffer.from(head.subarray(0, 16)).toString('latin1'))
  const letter = found?.[3]
  if (found === null || letter === undefined) return undefined
  return { format: found[1] === undefined ? 'rds' : 'rda', letter, start: found[0].length }
}

/** Whether bytes begin as an object or workspace saved by R: the letters, then a version of 2 or 3. */
export function looksLikeRdata(head: Uint8Array): boolean {
  const opening = openingOf(head)
  if (opening === undefined) return isOldWorkspace(head)
  if (opening.format === 'rda') return true
  const [a, b, c, d] = head.subarray(opening.start)
  if (opening.letter === 'X') return a === 0 && b === 0 && c === 0 && (d === 2 || d === 3)
  if (opening.letter === 'B') return (a === 2 || a === 3) && b === 0 && c === 0 && d === 0
  return (a === 0x32 || a === 0x33) && b === 0x0a
}

/** The format of R before 1.4, which R still loads. */
function isOldWorkspace(head: Uint8Array): boolean {
  return head[0] === 0x52 && /^RD[XAB]1\n/.test(Buffer.from(head.subarray(0, 5)).toString('latin1'))
}

/**
 * Reads an object or workspace saved by R, of serialisation versions 2 and 3, in all its three encodings. Vectors are passed
 * over; what may run is listed. What was read before a break is kept.
 * @throws SallyportError what the source throws
 */
export async function readRdata(source: ByteSource, signal?: AbortSignal): Promise<RdataView> {
  const cursor = new ByteCursor(source, signal)
  const problems: RProblem[] = []
  const opening = openingOf(await source.read(0, 16, signal))
  const letter = opening?.letter ?? 'X'
  cursor.offset = opening?.start ?? 0
  const stream = letter === 'A' ? new AsciiStream(cursor) : new BinaryStream(cursor, letter === 'B')
  const reader = new ItemReader(stream, ITEM_KINDS)
  let header: Header = { version: 0, writer: '' }
  try {
    if (opening === undefined)
      throw new StreamBreak('limit', 'workspaces of R before 1.4 are not understood', 0)
    header = await readHeader(stream)
    const position = opening.format === 'rda' ? 'workspace' : 'data'
    await reader.item({ position, step: undefined, depth: 0 })
    if (stream.offset < source.size && letter !== 'A')
      problems.push({
        kind: 'malformed',
        message: `${source.size - stream.offset} bytes follow the object`,
        offset: stream.offset,
      })
  } catch (error) {
    if (!(error instanceof StreamBreak)) throw error
    problems.push({ kind: error.kind, message: error.message, offset: error.offset })
  }
  return {
    format: opening?.format ?? 'rda',
    encoding: letter === 'A' ? 'ascii' : letter === 'B' ? 'binary' : 'xdr',
    ...header,
    sights: reader.sights(),
    bindings: reader.bindings,
    problems,
    readBytes: cursor.readBytes,
    endOffset: stream.offset,
  }
}

interface Header {
  readonly version: number
  readonly writer: string
}

async function readHeader(stream: RStream): Promise<Header> {
  const at = stream.offset
  const version = await stream.int()
  if (version !== 2 && version !== 3)
    throw new StreamBreak('malformed', `version ${version} of serialisation is not known`, at)
  const writer = await stream.int()
  await stream.int()
  if (version === 3) {
    const length = await stream.int()
    if (length < 0 || length > MAX_ENCODING_NAME)
      throw new StreamBreak('malformed', `the name of the encoding has ${length} bytes`, stream.offset)
    await stream.text(length, MAX_ENCODING_NAME)
  }
  return { version, writer: [writer >> 16, (writer >> 8) & 0xff, writer & 0xff].join('.') }
}
