import { Readable } from 'node:stream'
import { createInflateRaw } from 'node:zlib'
import { readZip, type ZipMember, type ZipView } from '../../formats/zip/index.ts'
import { type ByteSource, SallyportError, sliceOfSource } from '../../ground/lang/index.ts'
import type { IntakeFile } from './ports.ts'

/** Bytes read from the archive at a time. */
const CHUNK_BYTES = 1024 * 1024
/** Odd, and harmless to the one reader that unpacks it here: the bytes taken in are the ones that are assessed. */
const HARMLESS = new Set(['gap', 'trailer', 'prefix'])

/**
 * The files of a zip, one after the other. An archive that two readers could read in two ways is refused whole: what is
 * approved here must be what anybody else would unpack.
 * @throws SallyportError `BAD_INPUT` naming the member and what is wrong with it
 */
export async function* zipMembers(archive: ByteSource, path: string): AsyncIterable<IntakeFile> {
  const view = await readZip(archive)
  if (view === undefined) throw new SallyportError('BAD_INPUT', `${path} is not a zip: it has no end record`)
  const anomaly = view.anomalies.find(({ kind }) => !HARMLESS.has(kind))
  if (anomaly !== undefined || !view.isComplete) {
    const what = anomaly === undefined ? 'its directory cannot be read to the end' : anomaly.message
    throw new SallyportError(
      'BAD_INPUT',
      `${path} is not taken in: ${what}. Unpack it yourself and import the folder.`,
    )
  }
  for (const member of view.members) {
    if (member.name.endsWith('/') && member.sizeBytes === 0) continue
    yield { kind: 'stream', name: member.name, size: member.sizeBytes, chunks: chunksOf(view, member, path) }
  }
}

async function* chunksOf(view: ZipView, member: ZipMember, path: string): AsyncIterable<Uint8Array> {
  if (member.dataOffset === undefined)
    throw new SallyportError('BAD_INPUT', `${path}: the member "${member.name}" has no data`)
  const packed = slices(sliceOfSource(view.source, member.dataOffset, member.compressedBytes))
  if (member.method === 0) yield* packed
  else if (member.method === 8) yield* inflated(packed, member.name, path)
  else
    throw new SallyportError(
      'BAD_INPUT',
      `${path}: "${member.name}" uses compression method ${member.method}`,
    )
}

async function* inflated(
  packed: AsyncIterable<Uint8Array>,
  name: string,
  path: string,
): AsyncIterable<Uint8Array> {
  const source = Readable.from(packed)
  const inflate = createInflateRaw()
  source.on('error', (cause) => inflate.destroy(cause))
  try {
    for await (const chunk of source.pipe(inflate)) yield chunk
  } catch (cause) {
    throw new SallyportError(
      'BAD_INPUT',
      `${path}: "${name}" cannot be unpacked: ${(cause as Error).message}`,
      { cause },
    )
  } finally {
    source.destroy()
    inflate.destroy()
  }
}

async function* slices(source: ByteSource): AsyncIterable<Uint8Array> {
  for (let at = 0; at < source.size; at += CHUNK_BYTES) yield await source.read(at, CHUNK_BYTES)
}
