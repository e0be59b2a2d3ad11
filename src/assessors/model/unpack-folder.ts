import { unpackBzip2 } from '../../formats/bzip2/index.ts'
import { unpackDeflate } from '../../formats/deflate/index.ts'
import { type SevenZipCoder, type SevenZipFolder, undoFilter } from '../../formats/sevenzip/index.ts'
import { dictionaryBytes, unpackLzma, unpackLzma2 } from '../../formats/xz/index.ts'
import type { ByteSource, Unpacking } from '../../ground/lang/index.ts'
import type { Pace } from './unpacked-source.ts'

/** Bytes handed on at once of what is only copied. */
const CHUNK = 256 * 1024

/** Methods of 7z by the ids of 7-Zip's Methods.txt. */
const UNPACKERS: Readonly<Record<string, (source: ByteSource, coder: SevenZipCoder) => Unpacking>> = {
  '00': copy,
  '030101': (source, { properties, sizeBytes }) =>
    unpackLzma(source, {
      start: 0,
      properties: properties[0] ?? 255,
      dictionaryBytes: wordAt(properties, 1),
      sizeBytes,
    }),
  '21': (source, { properties, sizeBytes }) =>
    // A dictionary larger than the content is never filled.
    unpackLzma2(source, {
      start: 0,
      dictionaryBytes: Math.min(dictionaryBytes(properties[0] ?? 40), Math.max(4096, sizeBytes)),
    }),
  '040108': (source) => unpackDeflate(source),
  '040109': (source) => unpackDeflate(source, { is64: true }),
  '040202': (source) => unpackBzip2(source),
}

/** How a folder of a 7z archive is unpacked: one method, and filters behind it. Undefined when a step is not understood. */
export function unpackFolder(source: ByteSource, folder: SevenZipFolder): (() => Unpacking) | undefined {
  const unpack = unpackerOf(folder)
  return unpack === undefined ? undefined : () => unpack(source)
}

/** The same of whatever source is given to it. */
export function unpackerOf(folder: SevenZipFolder): ((source: ByteSource) => Unpacking) | undefined {
  const [first, ...filters] = folder.coders ?? []
  const unpack = first === undefined ? undefined : UNPACKERS[first.id]
  if (first === undefined || unpack === undefined) return undefined
  if (filters.some(({ id }) => filterOf(id) === undefined)) return undefined
  return (source) => {
    let stream = unpack(source, first)
    for (const { id, properties } of filters) {
      const filter = filterOf(id)
      if (filter !== undefined) stream = undoFilter(stream, filter, properties)
    }
    return stream
  }
}

/** How dear a folder is. */
export function paceOf(folder: SevenZipFolder): Pace {
  const id = folder.coders?.[0]?.id ?? ''
  return id === '00' ? 1 : id.startsWith('0401') ? 3 : 12
}

function filterOf(id: string): 'x86' | 'delta' | undefined {
  if (id === '03030103' || id === '04') return 'x86'
  return id === '03' ? 'delta' : undefined
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes.length < at + 4
    ? 0xffff_ffff
    : new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true)
}

async function* copy(source: ByteSource): Unpacking {
  for (let at = 0; at < source.size; at += CHUNK) yield await source.read(at, CHUNK)
  return { endOffset: source.size }
}
