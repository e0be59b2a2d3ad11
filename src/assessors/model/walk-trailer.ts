import { looksLikeExecutable, readExecutable } from '../../formats/executable/index.ts'
import { looksLikeZip } from '../../formats/zip/index.ts'
import { sliceOfSource } from '../../ground/lang/index.ts'
import { noteSight } from './note-sight.ts'
import { lookAtPickle } from './walk-pickle.ts'
import type { Place, Walk } from './walk-report.ts'
import type { Enter } from './walker.ts'

/** Bytes looked at to tell padding from content. */
const PADDING_READ = 64 * 1024

const ARCHIVES: readonly (readonly [string, string])[] = [
  ['a gzip stream', '\x1f\x8b\x08'],
  ['a bzip2 stream', 'BZh'],
  ['an xz stream', '\xfd7zXZ\x00'],
  ['a 7z archive', "7z\xbc\xaf'\x1c"],
  ['a RAR archive', 'Rar!\x1a\x07'],
  ['a Zstandard stream', '\x28\xb5\x2f\xfd'],
]

/** What follows the data that a format declares, and what was made of it. */
export type TrailerOutcome = 'nothing' | 'padding' | 'payload' | 'unknown'

/**
 * Judges the bytes after the declared end of a format: a program, an archive or a pickle there is a second file that
 * another reader finds, and is gone into.
 */
export async function walkTrailer(
  walk: Walk,
  place: Place,
  offset: number,
  enter: Enter,
): Promise<TrailerOutcome> {
  const { size } = place.source
  if (offset >= size) return 'nothing'
  const source = sliceOfSource(place.source, offset, size - offset)
  const head = await source.read(0, PADDING_READ, walk.signal)
  if (head.every((byte) => byte === 0)) return 'padding'
  const what = await nameOf(walk, source, head)
  if (what === undefined) return 'unknown'
  const message = `${what} stands at offset ${offset}, after the data that the file declares`
  noteSight(walk, place, { kind: 'trailing', message, offset })
  await enter({ source, members: [...place.members, `+${offset}`], depth: place.depth + 1 })
  return 'payload'
}

async function nameOf(walk: Walk, source: Place['source'], head: Uint8Array): Promise<string | undefined> {
  if (looksLikeExecutable(head)) {
    const program = await readExecutable(source, walk.signal)
    if (program !== undefined) return program.title
  }
  if (looksLikeZip(head)) return 'a ZIP archive'
  const text = Buffer.from(head.subarray(0, 8)).toString('latin1')
  const archive = ARCHIVES.find(([, magic]) => text.startsWith(magic))
  if (archive !== undefined) return archive[0]
  if (text.startsWith('#!')) return 'a script'
  const look = await lookAtPickle(walk, source)
  return look.hasActive || (look.isPickle && head[0] === 0x80) ? 'a pickle' : undefined
}
