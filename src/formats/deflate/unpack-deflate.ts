import { createInflateRaw } from 'node:zlib'
import { type ByteSource, ForwardReader, type UnpackEnd, type Unpacking } from '../../ground/lang/index.ts'
import { INPUT_AHEAD, Inflater } from './inflater.ts'

/** Bytes of packed data from which on zlib's own code is faster than ours, its start included. */
const NATIVE_FROM = 256 * 1024
const CHUNK = 256 * 1024

export interface DeflateOptions {
  /** Where the compressed data begin. */
  readonly start?: number
  /** Deflate64, method 9 of ZIP: a window of 64 KiB and matches of up to 64 KiB. */
  readonly is64?: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * Unpacks raw deflate data (RFC 1951). All that stands before a fault comes out, byte for byte, whatever follows.
 * @throws SallyportError what the source throws
 */
export async function* unpackDeflate(source: ByteSource, options: DeflateOptions = {}): Unpacking {
  const start = options.start ?? 0
  let done = 0
  if (options.is64 !== true && source.size - start >= NATIVE_FROM) {
    const fast = inflateNative(source, start, options.signal)
    for (;;) {
      const step = await fast.next()
      if (step.done === true) {
        if (step.value !== undefined) return step.value
        break
      }
      done += step.value.length
      yield step.value
    }
  }
  return yield* inflateOurselves(source, options, done)
}

/** Leaves out the first `skip` bytes, which somebody else made already. */
async function* inflateOurselves(source: ByteSource, options: DeflateOptions, skip: number): Unpacking {
  const reader = new ForwardReader(source, options.start ?? 0, options.signal)
  const inflater = new Inflater(reader, options.is64 === true)
  let left = skip
  for (;;) {
    await reader.fill(INPUT_AHEAD * 16)
    const pause = inflater.run()
    if (pause === 'input') continue
    const made = inflater.to - inflater.from
    const from = inflater.from + Math.min(left, made)
    left -= Math.min(left, made)
    if (inflater.to > from) yield inflater.out.slice(from, inflater.to)
    if (pause === 'done') return { endOffset: reader.offset }
    if (pause !== 'full') return { endOffset: Math.min(reader.offset, source.size), problem: pause.fault }
    inflater.flush()
  }
}

/** Undefined at the end when it met a fault: zlib then keeps the last pieces to itself. */
async function* inflateNative(
  source: ByteSource,
  start: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, UnpackEnd | undefined, void> {
  const through = createInflateRaw({ chunkSize: CHUNK })
  let fault: unknown
  const feed = async (): Promise<void> => {
    for (let at = start; at < source.size && !through.destroyed && !through.readableEnded; at += CHUNK) {
      const chunk = await source.read(at, CHUNK, signal)
      if (!through.write(chunk)) await drained(through)
    }
    through.end()
  }
  const feeding = feed().catch((error: unknown) => {
    fault = error
    through.destroy()
  })
  try {
    for await (const chunk of through) yield chunk
  } catch {
    return undefined // Information: the caller goes over it again and says where it breaks.
  } finally {
    through.destroy()
    await feeding
  }
  if (fault !== undefined) throw fault
  return { endOffset: start + through.bytesWritten }
}

/** Waits until more may be written, or nothing ever will. */
function drained(through: NodeJS.ReadWriteStream): Promise<void> {
  const events = ['drain', 'close', 'error', 'end']
  return new Promise((resume) => {
    const go = (): void => {
      for (const event of events) through.removeListener(event, go)
      resume()
    }
    for (const event of events) through.on(event, go)
  })
}
