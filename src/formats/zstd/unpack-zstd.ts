import { constants, createZstdDecompress } from 'node:zlib'
import type { ByteSource, UnpackEnd, Unpacking } from '../../ground/lang/index.ts'

/** RFC 8878: magic of a frame (3.1.1) and of skippable frames (3.1.2). */
const FRAME = 0xfd2f_b528
const SKIPPABLE = 0x184d_2a50
/** log2 of the largest window in bytes: 128 MiB, the limit of the zstd tool too (RFC 8878 section 3.1.1.1.2 asks for 8 MiB at least). */
const MAX_WINDOW_LOG = 27
const CHUNK = 256 * 1024
/** Frames of one file; pzstd makes one for some megabytes. */
const MAX_FRAMES = 100_000

/** Whether bytes begin as a Zstandard frame, or a skippable one. */
export function looksLikeZstd(head: Uint8Array): boolean {
  return head.length >= 4 && isMagic(wordAt(head, 0))
}

function isMagic(word: number): boolean {
  return word === FRAME || (word & 0xffff_fff0) >>> 0 === SKIPPABLE
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes.length < at + 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true)
}

/**
 * Unpacks Zstandard frames, one after another (RFC 8878).
 * @throws SallyportError what the source throws
 */
export async function* unpackZstd(source: ByteSource, signal?: AbortSignal): Unpacking {
  let at = 0
  for (let frame = 0; frame < MAX_FRAMES; frame++) {
    const head = await source.read(at, 8, signal)
    const magic = wordAt(head, 0)
    if (!isMagic(magic))
      return { endOffset: at, ...(frame === 0 ? { problem: 'it is no Zstandard frame' } : {}) }
    if (magic !== FRAME) {
      at += 8 + wordAt(head, 4)
      if (head.length < 8 || at > source.size)
        return { endOffset: source.size, problem: 'a skippable frame goes beyond the end' }
      continue
    }
    const end = yield* unpackFrame(source, at, signal)
    if (end.problem !== undefined || end.endOffset <= at) return end
    at = end.endOffset
  }
  return { endOffset: at, problem: `more than ${MAX_FRAMES} Zstandard frames` }
}

async function* unpackFrame(source: ByteSource, start: number, signal?: AbortSignal): Unpacking {
  const through = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG } })
  let fault: unknown
  // Small pieces first: what stands before a fault comes out only piece by piece.
  const feed = async (): Promise<void> => {
    let at = start
    for (let size = 4096; at < source.size && !through.destroyed && !through.readableEnded; size = CHUNK) {
      const chunk = await source.read(at, size, signal)
      at += chunk.length
      if (!through.write(chunk)) await drained(through)
    }
    through.end()
  }
  const feeding = feed().catch((error: unknown) => {
    fault = error
    through.destroy()
  })
  const queue: Uint8Array[] = []
  const state: { end: UnpackEnd | undefined; wake: () => void } = { end: undefined, wake: () => undefined }
  const finish = (end: UnpackEnd): void => {
    state.end ??= end
    state.wake()
  }
  // By events, not by iteration: iterating drops what came out before an error.
  through.on('data', (chunk: Uint8Array) => {
    queue.push(chunk)
    through.pause()
    state.wake()
  })
  through.on('end', () => finish({ endOffset: start + through.bytesWritten }))
  through.on('error', (error: Error) =>
    finish({
      endOffset: start + through.bytesWritten,
      problem: `the Zstandard data are damaged: ${error.message}`,
    }),
  )
  try {
    for (;;) {
      const chunk = queue.shift()
      if (chunk !== undefined) yield chunk
      else if (state.end !== undefined || fault !== undefined) break
      else {
        const woken = new Promise<void>((resume) => {
          state.wake = resume
        })
        through.resume()
        await Promise.race([woken, feeding.then(() => (fault === undefined ? woken : undefined))])
      }
    }
  } finally {
    through.destroy()
    await feeding
  }
  if (fault !== undefined) throw fault
  return state.end ?? { endOffset: source.size, problem: 'the Zstandard data end too early' }
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
