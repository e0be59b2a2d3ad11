import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { looksLikeBzip2, unpackBzip2 } from '../../src/formats/bzip2/index.ts'
import { unpackDeflate, unpackGzip, unpackZlib } from '../../src/formats/deflate/index.ts'
import { looksLikeExecutable, readExecutable } from '../../src/formats/executable/index.ts'
import { imageKindOf, readImage } from '../../src/formats/image/index.ts'
import { looksLikeLz4, unpackLz4 } from '../../src/formats/lz4/index.ts'
import { readSevenZip, undoFilter } from '../../src/formats/sevenzip/index.ts'
import { looksLikeTar, readTar } from '../../src/formats/tar/index.ts'
import { looksLikeLzmaAlone, looksLikeXz, unpackLzmaAlone, unpackXz } from '../../src/formats/xz/index.ts'
import { looksLikeZstd, unpackZstd } from '../../src/formats/zstd/index.ts'
import { type ByteSource, sourceOfBytes, type Unpacking } from '../../src/ground/lang/index.ts'
import { PACKED_SEEDS } from './packed-seeds.ts'

/** Bytes taken out of one input at most: what bombs make is not what is tested here. */
const MAX_OUT = 8 * 1024 * 1024

const TEXT = Buffer.from(`\x80\x02]q\x00.${'hello world and hello again '.repeat(20)}`, 'latin1')

async function drain(unpacking: Unpacking): Promise<void> {
  let size = 0
  for (let step = await unpacking.next(); step.done !== true && size < MAX_OUT; step = await unpacking.next())
    size += step.value.length
  await unpacking.return({ endOffset: 0 })
}

const unpacks =
  (unpack: (source: ByteSource) => Unpacking, looks: (head: Uint8Array) => boolean = () => true) =>
  async (bytes: Uint8Array): Promise<void> => {
    looks(bytes)
    await drain(unpack(sourceOfBytes(bytes)))
  }

const decoded = (texts: readonly string[]) => texts.map((text) => new Uint8Array(Buffer.from(text, 'base64')))

async function fuzzSevenZip(bytes: Uint8Array): Promise<void> {
  const copy = (source: ByteSource) =>
    async function* (): Unpacking {
      yield await source.read(0, source.size)
      return { endOffset: source.size }
    }
  await readSevenZip(sourceOfBytes(bytes), copy)
  await drain(undoFilter(copy(sourceOfBytes(bytes))(), 'x86', bytes))
}

/** Parsers of containers and packed streams, byte by byte: seeds by the real tools. */
export const CONTAINER_TARGETS = (seedsOf: (...endings: string[]) => readonly Uint8Array[]) => [
  {
    name: 'deflate',
    seeds: [deflateRawSync(TEXT), deflateRawSync(TEXT, { level: 0 })],
    run: unpacks(unpackDeflate),
  },
  {
    name: 'deflate64',
    seeds: [deflateRawSync(TEXT)],
    run: unpacks((source) => unpackDeflate(source, { is64: true })),
  },
  {
    name: 'gzip',
    seeds: [gzipSync(TEXT), Buffer.concat([gzipSync('a'), gzipSync(TEXT)])],
    run: unpacks(unpackGzip),
  },
  { name: 'zlib', seeds: [deflateSync(TEXT)], run: unpacks(unpackZlib) },
  { name: 'zstd', seeds: [zstdCompressSync(TEXT)], run: unpacks(unpackZstd, looksLikeZstd) },
  { name: 'bzip2', seeds: decoded(PACKED_SEEDS.bzip2), run: unpacks(unpackBzip2, looksLikeBzip2) },
  { name: 'xz', seeds: decoded(PACKED_SEEDS.xz), run: unpacks(unpackXz, looksLikeXz) },
  { name: 'lzma', seeds: decoded(PACKED_SEEDS.lzma), run: unpacks(unpackLzmaAlone, looksLikeLzmaAlone) },
  { name: 'lz4', seeds: decoded(PACKED_SEEDS.lz4), run: unpacks(unpackLz4, looksLikeLz4) },
  { name: 'sevenzip', seeds: decoded(PACKED_SEEDS.sevenzip), run: fuzzSevenZip },
  {
    name: 'tar',
    seeds: seedsOf('.tar'),
    run: async (bytes: Uint8Array): Promise<void> => {
      looksLikeTar(bytes)
      await readTar(sourceOfBytes(bytes))
    },
  },
  {
    name: 'executable',
    seeds: seedsOf('.so', '.png'),
    run: async (bytes: Uint8Array): Promise<void> => {
      looksLikeExecutable(bytes)
      await readExecutable(sourceOfBytes(bytes))
    },
  },
  {
    name: 'image',
    seeds: seedsOf('.png'),
    run: async (bytes: Uint8Array): Promise<void> => {
      imageKindOf(bytes)
      await readImage(sourceOfBytes(bytes))
    },
  },
]
