import type { ByteSource } from '../../ground/lang/index.ts'
import { type PickleOptions, type PickleRun, runPickle } from './run-pickle.ts'
import type { Crossing } from './stream-reader.ts'

/** Frames that are crossed, in one stream. Real streams have none. */
const MAX_CROSSED = 8

/**
 * Runs a stream as the C unpickler reads it from a file: where an argument crosses the end of a frame, what is left of the
 * frame is dropped (Modules/_pickle.c, _Unpickler_ReadFromFile). Offsets after a crossing are smaller than in the source.
 * @throws SallyportError what the source throws
 */
export async function runDropped(source: ByteSource, options: PickleOptions, first: Crossing): Promise<void> {
  let crossing: Crossing | undefined = first
  let spliced = source
  for (let i = 0; i < MAX_CROSSED && crossing !== undefined; i++) {
    spliced = withoutRange(spliced, crossing)
    const run: PickleRun = await runPickle(spliced, { ...options, openFrames: crossing.frame })
    crossing = run.crossing
  }
}

/** A source with a range taken out. */
function withoutRange(source: ByteSource, { from, to }: Crossing): ByteSource {
  const gap = to - from
  return {
    size: source.size - gap,
    read: async (offset, length, signal) => {
      if (offset >= from) return source.read(offset + gap, length, signal)
      if (offset + length <= from) return source.read(offset, length, signal)
      const head = await source.read(offset, from - offset, signal)
      const tail = await source.read(to, length - (from - offset), signal)
      return Buffer.concat([head, tail])
    },
  }
}
