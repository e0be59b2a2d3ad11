import { type ByteSource, utf8Text } from '../../ground/lang/index.ts'
import { duplicateKeys, looseTokens } from './duplicate-keys.ts'
import type { SafetensorsProblem, SafetensorsTensor, SafetensorsView } from './safetensors-view.ts'

/** Bytes. The reference refuses a longer header (safetensors/src/tensor.rs, MAX_HEADER_SIZE). */
const MAX_HEADER_BYTES = 100_000_000
/** Bytes of a header that we parse: 200,000 tensors. A longer one is reported, not guessed at (CWE-770). */
const MAX_PARSED_BYTES = 32 * 1024 * 1024
const MAX_PROBLEMS = 100

/** Bits of one element, from `Dtype` of the reference. */
const BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  I64: 64,
  U64: 64,
  F64: 64,
}

/** Whether bytes begin as a safetensors file does: a plausible length, then a JSON object. */
export function looksLikeSafetensors(head: Uint8Array, sizeBytes: number): boolean {
  if (head.length < 10) return false
  // Readers skip white space before the object, though the format forbids it.
  let at = 8
  while (at < head.length && isSpace(head[at])) at++
  if (head[at] !== 0x7b) return false
  const length = headerLength(head)
  const next = head[at + 1] ?? 0
  return (
    length >= 2 &&
    (length <= MAX_HEADER_BYTES || length <= sizeBytes) &&
    (next === 0x22 || next === 0x7d || next <= 0x20)
  )
}

/**
 * Reads a safetensors header as strictly as the reference implementation and lists every fault; tensors are not read.
 * @throws SallyportError what the source throws
 */
export async function readSafetensors(source: ByteSource, signal?: AbortSignal): Promise<SafetensorsView> {
  const head = await source.read(0, 8, signal)
  const length = head.length === 8 ? headerLength(head) : 0
  const refuse = (
    kind: SafetensorsProblem['kind'],
    message: string,
    readBytes = head.length,
  ): SafetensorsView => ({
    tensors: [],
    metadata: {},
    problems: [{ kind, message, offset: 0 }],
    headerBytes: length,
    readBytes,
  })
  if (head.length < 8) return refuse('cut', 'the file is shorter than the 8 bytes of the header length')
  if (length > MAX_HEADER_BYTES)
    return refuse('header', `the header claims ${length} bytes; the format allows ${MAX_HEADER_BYTES}`)
  if (length > MAX_PARSED_BYTES)
    return refuse('cut', `the header has ${length} bytes; we parse up to ${MAX_PARSED_BYTES}`)
  if (8 + length > source.size)
    return refuse('cut', `the header of ${length} bytes goes beyond the end of the file`)
  const bytes = await source.read(8, length, signal)
  const text = utf8Text(bytes)
  if (text === undefined) return refuse('header', 'the header is not UTF-8', 8 + bytes.length)
  const parsed = parseObject(text)
  if (parsed === undefined) return refuse('header', 'the header is not a JSON object', 8 + bytes.length)
  const problems: SafetensorsProblem[] = []
  for (const key of duplicateKeys(text, 10))
    problems.push(problem('ambiguous', `the key ${JSON.stringify(key)} stands twice in the header`))
  for (const token of looseTokens(text, 10))
    problems.push(problem('ambiguous', `${token} in the header is refused by the reference`))
  if (/[^ ]/.test(text.slice(text.lastIndexOf('}') + 1)))
    problems.push(problem('ambiguous', 'the header is padded with something else than spaces'))
  if (!text.startsWith('{')) problems.push(problem('ambiguous', 'the header does not begin with "{"'))
  const tensors = readTensors(parsed, problems)
  checkLayout(tensors, source.size - 8 - length, problems)
  return {
    tensors,
    metadata: readMetadata(parsed.__metadata__, problems),
    problems: problems.slice(0, MAX_PROBLEMS),
    headerBytes: length,
    readBytes: 8 + bytes.length,
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function headerLength(head: Uint8Array): number {
  return Number(new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true))
}

function problem(kind: SafetensorsProblem['kind'], message: string, offset = 8): SafetensorsProblem {
  return { kind, message, offset }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined // Information: the caller reports that it is no JSON.
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readMetadata(value: unknown, problems: SafetensorsProblem[]): Record<string, string> {
  const metadata: Record<string, string> = {}
  if (value === undefined) return metadata
  if (!isRecord(value)) problems.push(problem('header', '__metadata__ is not an object'))
  else
    for (const [key, text] of Object.entries(value)) {
      if (typeof text === 'string') metadata[key] = text
      else problems.push(problem('header', `__metadata__.${key.slice(0, 80)} is not a string`))
    }
  return metadata
}

function readTensors(
  header: Readonly<Record<string, unknown>>,
  problems: SafetensorsProblem[],
): SafetensorsTensor[] {
  const tensors: SafetensorsTensor[] = []
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue
    const tensor = readTensor(name, value)
    if (typeof tensor !== 'string') tensors.push(tensor)
    else if (problems.length < MAX_PROBLEMS)
      problems.push(problem('header', `tensor ${JSON.stringify(name.slice(0, 80))}: ${tensor}`))
  }
  return tensors
}

function readTensor(name: string, value: unknown): SafetensorsTensor | string {
  if (!isRecord(value)) return 'it is not an object'
  const { dtype, shape, data_offsets: offsets } = value
  const extra = Object.keys(value).find((key) => !['dtype', 'shape', 'data_offsets'].includes(key))
  if (extra !== undefined) return `the field ${JSON.stringify(extra.slice(0, 80))} is unknown`
  if (typeof dtype !== 'string' || !Object.hasOwn(BITS, dtype)) return 'the dtype is unknown'
  if (!isCounts(shape)) return 'the shape is not a list of sizes'
  if (!isCounts(offsets) || offsets.length !== 2) return 'data_offsets are not two offsets'
  const [begin = 0, end = 0] = offsets
  const items = shape.reduce((product, length) => product * BigInt(length), 1n)
  if (items > BigInt(Number.MAX_SAFE_INTEGER)) return 'the shape overflows'
  const bits = items * BigInt(BITS[dtype] ?? 0)
  if (bits % 8n !== 0n) return 'the tensor does not end on a byte'
  if (bits / 8n !== BigInt(end) - BigInt(begin))
    return `shape and dtype need ${bits / 8n} bytes, the offsets give ${end - begin}`
  return { name, dtype, shape, begin, end }
}

function isCounts(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= 64 &&
    value.every((item) => Number.isSafeInteger(item) && item >= 0)
  )
}

/** Tensors must tile the data from 0 to the end: no gaps, no overlap, no trailer (Metadata::validate). */
function checkLayout(
  tensors: readonly SafetensorsTensor[],
  dataBytes: number,
  problems: SafetensorsProblem[],
): void {
  let at = 0
  for (const tensor of [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (tensor.begin !== at && problems.length < MAX_PROBLEMS) {
      const what = tensor.begin > at ? 'leaves a gap before it' : 'overlaps the one before'
      problems.push(
        problem('layout', `tensor ${JSON.stringify(tensor.name.slice(0, 80))} ${what}`, tensor.begin),
      )
    }
    at = Math.max(at, tensor.end)
  }
  if (at > dataBytes)
    problems.push(problem('cut', `tensors need ${at} bytes of data, the file has ${dataBytes}`))
  if (at < dataBytes)
    problems.push(problem('layout', `${dataBytes - at} bytes after the last tensor belong to none`, at))
}
