import {
  looksLikeSevenZip,
  readSevenZip,
  type SevenZipEntry,
  type SevenZipFolder,
  type SevenZipView,
} from '../../../formats/sevenzip/index.ts'
import { sliceOfSource } from '../../../ground/lang/index.ts'
import { noteSight } from '../note-sight.ts'
import type { ContainerSight } from '../subjects/container-subject.ts'
import { paceOf, unpackerOf, unpackFolder } from '../unpack-folder.ts'
import { openUnpacked, type Unpacked } from '../unpacked-source.ts'
import { cover, type Place, type Walk } from '../walk-report.ts'
import { walkTrailer } from '../walk-trailer.ts'
import type { Enter, FormatWalker } from '../walker.ts'

export const sevenZipWalker: FormatWalker = {
  format: 'sevenzip',
  recognizes: ({ head }) => looksLikeSevenZip(head),
  async walk(walk, place, enter) {
    const view = await readSevenZip(place.source, unpackFolder, walk.signal)
    const [problem] = view.problems
    const base = { format: 'sevenzip', readBytes: view.readBytes }
    if (problem === undefined) cover(walk, place, { ...base, status: 'full' })
    else cover(walk, place, { ...base, status: 'partial', reason: problem.message })
    noteSight(walk, place, ...sightsOf(view))
    await walkFolders(walk, place, view, enter)
    if (problem === undefined) await walkTrailer(walk, place, view.endOffset, enter)
    return true
  },
}

function sightsOf(view: SevenZipView): ContainerSight[] {
  return view.entries.flatMap(({ name: member, attributes }) => {
    const found: ContainerSight[] = []
    if (/^[/\\]/.test(member) || /^[A-Za-z]:/.test(member))
      found.push({ kind: 'escape', message: 'the name is absolute', member })
    else if (member.split(/[/\\]/).includes('..'))
      found.push({ kind: 'escape', message: 'the name climbs out with ".."', member })
    return found.concat(
      isLink(attributes) ? [{ kind: 'link', message: 'the member is a symbolic link', member }] : [],
    )
  })
}

function isLink(attributes: number): boolean {
  return (attributes & 0x8000) !== 0 && attributes >>> 28 === 0xa
}

async function walkFolders(walk: Walk, place: Place, view: SevenZipView, enter: Enter): Promise<void> {
  const byFolder = Map.groupBy(view.entries, ({ folder }) => folder)
  for (const [index, entries] of byFolder) {
    const folder = index === undefined ? undefined : view.folders[index]
    if (folder === undefined) continue
    const packed = sliceOfSource(place.source, folder.packedOffset, folder.packedBytes)
    const unpack = unpackerOf(folder)
    if (unpack === undefined) {
      for (const entry of entries) skip(walk, place, entry, whyNot(folder))
      continue
    }
    const opened = await openUnpacked(unpack, { source: packed, budget: walk.budget, pace: paceOf(folder) })
    if (opened.isBomb) {
      const message = `${packed.size} bytes unpack to more than ${opened.sizeBytes}`
      noteSight(walk, place, { kind: 'bomb', message })
    }
    for (const entry of entries) await walkEntry({ walk, place, opened, enter }, entry)
  }
}

function whyNot({ coders }: SevenZipFolder): string {
  if (coders === undefined) return 'several packed streams that belong together are not supported'
  const isSecret = coders.some(({ id }) => id === AES)
  return isSecret
    ? 'the member is encrypted'
    : `packing method ${coders.map(({ id }) => id).join(', ')} is not supported`
}

/** AES-256 with a password, in 7-Zip's Methods.txt. */
const AES = '06f10701'

interface Opened {
  readonly walk: Walk
  readonly place: Place
  readonly opened: Unpacked
  readonly enter: Enter
}

async function walkEntry({ walk, place, opened, enter }: Opened, entry: SevenZipEntry): Promise<void> {
  const { name, offset, sizeBytes } = entry
  if (walk.budget.membersLeft-- <= 0) return skip(walk, place, entry, 'the limit of members was reached')
  const source = sliceOfSource(opened.source, offset, sizeBytes)
  const inner: Place = { source, members: [...place.members, name], depth: place.depth + 1 }
  const reason = opened.end.problem ?? (opened.isSpent() ? 'the budget of unpacking ended' : undefined)
  if (source.size > 0 || reason === undefined) await enter(inner)
  const isShort = offset + sizeBytes > opened.sizeBytes
  if (!isShort && !opened.isSpent()) return
  const why = reason ?? 'its data are shorter than the list says'
  cover(walk, inner, { format: 'unknown', sizeBytes, readBytes: source.size, status: 'partial', reason: why })
}

function skip(walk: Walk, place: Place, { name, sizeBytes }: SevenZipEntry, reason: string): void {
  const inner = { ...place, members: [...place.members, name] }
  cover(walk, inner, { format: 'unknown', sizeBytes, readBytes: 0, status: 'none', reason })
}
