import { looksLikeBzip2, unpackBzip2 } from '../../formats/bzip2/index.ts'
import { looksLikeGzip, looksLikeZlib, unpackGzip, unpackZlib } from '../../formats/deflate/index.ts'
import { looksLikeLz4, unpackLz4 } from '../../formats/lz4/index.ts'
import { looksLikeLzmaAlone, looksLikeXz, unpackLzmaAlone, unpackXz } from '../../formats/xz/index.ts'
import { looksLikeZstd, unpackZstd } from '../../formats/zstd/index.ts'
import { type ByteSource, sliceOfSource, standsAt, type Unpacking } from '../../ground/lang/index.ts'
import type { Pace } from './unpacked-source.ts'

/** A format that packs one stream of bytes. */
export interface Packing {
  readonly name: string
  readonly pace: Pace
  readonly recognizes: (head: Uint8Array) => boolean
  readonly unpack: (source: ByteSource, signal: AbortSignal | undefined) => Unpacking
}

/** Bytes before the zlib stream in files of joblib before 0.10: `ZF` and the length in hex (joblib/numpy_pickle_compat.py). */
const OLD_JOBLIB_HEADER = 21

/** Packed streams that loaders of models open by themselves (joblib: zlib, gzip, bz2, lzma, xz, lz4), and zstd of OCI layers. */
export const PACKINGS: readonly Packing[] = [
  { name: 'gzip', pace: 1, recognizes: looksLikeGzip, unpack: unpackGzip },
  { name: 'xz', pace: 12, recognizes: looksLikeXz, unpack: unpackXz },
  { name: 'bzip2', pace: 12, recognizes: looksLikeBzip2, unpack: unpackBzip2 },
  // Both formats may begin with frames to be skipped, of one magic: LZ4 is told by the frame behind them.
  { name: 'lz4', pace: 3, recognizes: looksLikeLz4, unpack: unpackLz4 },
  { name: 'zstd', pace: 1, recognizes: looksLikeZstd, unpack: unpackZstd },
  { name: 'zlib', pace: 1, recognizes: looksLikeZlib, unpack: unpackZlib },
  { name: 'joblib-zlib', pace: 1, recognizes: isOldJoblib, unpack: unpackOldJoblib },
  { name: 'lzma', pace: 12, recognizes: looksLikeLzmaAlone, unpack: unpackLzmaAlone },
]

function isOldJoblib(head: Uint8Array): boolean {
  return standsAt(head, 'ZF0x')
}

async function* unpackOldJoblib(source: ByteSource, signal: AbortSignal | undefined): Unpacking {
  const [next] = await source.read(OLD_JOBLIB_HEADER, 1, signal)
  const start = OLD_JOBLIB_HEADER + (next === 0x20 ? 1 : 0)
  const end = yield* unpackZlib(sliceOfSource(source, start, source.size), signal)
  return { ...end, endOffset: end.endOffset + start }
}
