import { type ByteSource, ForwardReader, type Unpacking } from '../../ground/lang/index.ts'
import { LzmaDecoder } from './lzma-decoder.ts'

/** Bytes. xz -9 asks for 64 MiB; a larger dictionary is an attack on memory (CWE-789). */
const MAX_DICTIONARY_BYTES = 128 * 1024 * 1024
/** Bytes that should be ready before the decoder runs. */
const READY = 64 * 1024

export interface LzmaOptions {
  /** Where the range coder starts. */
  readonly start: number
  /** The byte that holds lc, lp and pb. */
  readonly properties: number
  readonly dictionaryBytes: number
  /** Bytes that come out; undefined when only an end mark tells. */
  readonly sizeBytes: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Unpacks raw LZMA data (lzma-specification.txt of the LZMA SDK).
 * @throws SallyportError what the source throws
 */
export async function* unpackLzma(source: ByteSource, options: LzmaOptions): Unpacking {
  const { start, sizeBytes } = options
  const broken = (problem: string, at = start) => ({ endOffset: Math.min(at, source.size), problem })
  // The dictionary of a small file is never used beyond what comes out of it.
  const wanted = Math.min(options.dictionaryBytes, Math.max(4096, sizeBytes ?? Number.POSITIVE_INFINITY))
  if (wanted > MAX_DICTIONARY_BYTES)
    return broken(`its dictionary of ${wanted} bytes is larger than we allow`)
  const reader = new ForwardReader(source, start, options.signal)
  const decoder = new LzmaDecoder(reader, wanted)
  if (!decoder.setProperties(options.properties)) return broken('the properties of LZMA are wrong')
  decoder.resetState()
  await reader.fill(5)
  if (!decoder.startRange()) return broken('the LZMA data do not begin with zero')
  let left = sizeBytes ?? Number.POSITIVE_INFINITY
  while (left > 0) {
    await reader.fill(READY)
    const step = Math.min(left, decoder.stepBytes)
    const pause = decoder.run(step)
    let made = 0
    for (let part = decoder.drain(); part !== undefined; part = decoder.drain()) {
      made += part.length
      yield part
    }
    left -= made
    if (pause === 'end-mark') return { endOffset: reader.offset }
    if (typeof pause !== 'string') return broken(pause.fault, reader.offset)
  }
  return { endOffset: reader.offset }
}

/** Bytes of the header of an .lzma file: properties, dictionary, size. */
const ALONE_BYTES = 13

/** Whether bytes begin as an .lzma file: it has no magic, so sizes and the first byte of the range coder must fit. */
export function looksLikeLzmaAlone(head: Uint8Array): boolean {
  if (head.length < ALONE_BYTES + 1 || (head[0] ?? 255) >= 225 || head[ALONE_BYTES] !== 0) return false
  const view = new DataView(head.buffer, head.byteOffset, ALONE_BYTES)
  const dictionary = view.getUint32(1, true)
  // xz's own test: 2^n or 2^n + 2^(n-1), and below 256 GiB.
  if (dictionary !== 0xffff_ffff && !isPowerOrAndHalf(dictionary)) return false
  const size = view.getBigUint64(5, true)
  return size === 0xffff_ffff_ffff_ffffn || size < 1n << 38n
}

function isPowerOrAndHalf(size: number): boolean {
  if (size < 4096) return false
  const top = 2 ** Math.floor(Math.log2(size))
  return size === top || size === top + top / 2
}

/**
 * Unpacks an .lzma file.
 * @throws SallyportError what the source throws
 */
export async function* unpackLzmaAlone(source: ByteSource, signal?: AbortSignal): Unpacking {
  const head = await source.read(0, ALONE_BYTES, signal)
  if (head.length < ALONE_BYTES) return { endOffset: 0, problem: 'the .lzma header is cut' }
  const view = new DataView(head.buffer, head.byteOffset, ALONE_BYTES)
  const size = view.getBigUint64(5, true)
  return yield* unpackLzma(source, {
    start: ALONE_BYTES,
    properties: head[0] ?? 255,
    dictionaryBytes: view.getUint32(1, true),
    sizeBytes: size === 0xffff_ffff_ffff_ffffn ? undefined : Number(size),
    signal,
  })
}

export interface Lzma2Options {
  readonly start: number
  readonly dictionaryBytes: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Unpacks LZMA2 chunks up to their end mark (xz-file-format.txt 5.3.1, and LzmaDec of the LZMA SDK).
 * @throws SallyportError what the source throws
 */
export async function* unpackLzma2(source: ByteSource, options: Lzma2Options): Unpacking {
  const broken = (problem: string, at: number) => ({ endOffset: Math.min(at, source.size), problem })
  if (options.dictionaryBytes > MAX_DICTIONARY_BYTES)
    return broken(`its dictionary of ${options.dictionaryBytes} bytes is larger than we allow`, options.start)
  const reader = new ForwardReader(source, options.start, options.signal)
  const decoder = new LzmaDecoder(reader, options.dictionaryBytes)
  const state = { needsDictionary: true, needsProperties: true }
  for (;;) {
    await reader.fill(65_536 + 16)
    if (reader.ready === 0) return broken('the LZMA2 data end without their end mark', reader.offset)
    const control = reader.byte()
    if (control === 0) return { endOffset: reader.offset }
    const problem = yield* unpackChunk({ reader, decoder, state, control })
    if (problem !== undefined) return broken(problem, reader.offset)
  }
}

interface Chunk {
  readonly reader: ForwardReader
  readonly decoder: LzmaDecoder
  readonly state: { needsDictionary: boolean; needsProperties: boolean }
  readonly control: number
}

// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: a chunk in the order of its format
async function* unpackChunk(chunk: Chunk): AsyncGenerator<Uint8Array, string | undefined, void> {
  const { reader, decoder, state, control } = chunk
  if (control >= 0xe0 || control === 1) {
    decoder.resetDictionary()
    state.needsDictionary = false
  } else if (state.needsDictionary) return 'the first LZMA2 chunk does not reset the dictionary'
  if (control < 0x80) {
    if (control > 2) return 'an LZMA2 chunk has no known type'
    const length = 256 * reader.byte() + reader.byte() + 1
    return yield* putRaw(reader, decoder, length)
  }
  const sizeBytes = (control & 0x1f) * 65_536 + 256 * reader.byte() + reader.byte() + 1
  const end = 256 * reader.byte() + reader.byte() + 1
  const problem = resetFor(chunk)
  if (problem !== undefined) return problem
  const packedEnd = reader.offset + end
  if (!decoder.startRange()) return 'an LZMA2 chunk does not begin with zero'
  for (let left = sizeBytes; left > 0; ) {
    const step = Math.min(left, decoder.stepBytes)
    const pause = decoder.run(step)
    for (let part = decoder.drain(); part !== undefined; part = decoder.drain()) yield part
    if (pause !== 'full') return typeof pause === 'string' ? 'an LZMA2 chunk ends too early' : pause.fault
    left -= step
  }
  return reader.offset === packedEnd ? undefined : 'an LZMA2 chunk contradicts its size'
}

function resetFor({ reader, decoder, state, control }: Chunk): string | undefined {
  if (control >= 0xc0) {
    if (!decoder.setProperties(reader.byte()) || decoder.properties > 4)
      return 'the properties of an LZMA2 chunk are wrong'
    state.needsProperties = false
  } else if (state.needsProperties) return 'the first LZMA2 chunk has no properties'
  if (control >= 0xa0) decoder.resetState()
  return undefined
}

async function* putRaw(
  reader: ForwardReader,
  decoder: LzmaDecoder,
  length: number,
): AsyncGenerator<Uint8Array, string | undefined, void> {
  const bytes = await reader.take(length)
  for (let at = 0; at < bytes.length; at += decoder.stepBytes) {
    decoder.putRaw(bytes.subarray(at, at + decoder.stepBytes))
    for (let part = decoder.drain(); part !== undefined; part = decoder.drain()) yield part
  }
  return bytes.length < length ? 'an unpacked LZMA2 chunk goes beyond the end' : undefined
}
