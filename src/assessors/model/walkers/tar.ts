import { looksLikeTar, readTar, type TarEntry, type TarView } from '../../../formats/tar/index.ts'
import { sliceOfSource } from '../../../ground/lang/index.ts'
import { isInImageLayer } from '../image-layer.ts'
import { noteSight } from '../note-sight.ts'
import type { Repository } from '../repository/read-repository.ts'
import { tarSights } from '../tar-sights.ts'
import { isTorchTar, walkTorchPart } from '../torch-tar.ts'
import { cover, type Place, type Walk } from '../walk-report.ts'
import { walkTogether } from '../walk-together.ts'
import { walkTrailer } from '../walk-trailer.ts'
import type { Enter, FormatWalker } from '../walker.ts'

export const tarWalker: FormatWalker = {
  format: 'tar',
  recognizes: ({ head }) => looksLikeTar(head),
  async walk(walk, place, enter) {
    const view = await readTar(place.source, walk.signal)
    const isTorch = isTorchTar(view.entries.map(({ name }) => name))
    const problem = view.problems[0]
    const base = { format: isTorch ? 'pytorch-tar' : 'tar', readBytes: view.readBytes }
    if (problem === undefined || problem.kind === 'disagreement')
      cover(walk, place, { ...base, status: 'full' })
    else cover(walk, place, { ...base, status: 'partial', reason: problem.message })
    noteSight(walk, place, ...tarSights(view, isInImageLayer(walk, place)))
    const archive: Archive = { walk, place, view, enter, isTorch }
    for (const entry of manifestsLast(view.entries)) await walkEntry(archive, entry)
    if (!isTorch) await walkTogether(walk, place, repositoryOf(view))
    await walkEnd(walk, place, view, enter)
    return true
  },
}

/** The archive as the folder that it becomes; names begin with `./` where tar was told to pack a folder. */
function repositoryOf(view: TarView): Repository {
  const files = new Map(
    view.entries.filter(({ kind }) => kind === 'file').map((entry) => [entry.name, entry]),
  )
  return {
    files: [...files.values()].map(({ name, sizeBytes }) => ({ name, sizeBytes })),
    withFile: (name, use) => {
      const entry = files.get(name)
      return use(sliceOfSource(view.source, entry?.dataOffset ?? 0, entry?.sizeBytes ?? 0))
    },
  }
}

/** Manifests speak of the other members, which must have been walked by then. */
function manifestsLast(entries: readonly TarEntry[]): readonly TarEntry[] {
  const isManifest = ({ name }: TarEntry): boolean => /(?:^|\/)MANIFEST\.json$/i.test(name)
  return [...entries.filter((entry) => !isManifest(entry)), ...entries.filter(isManifest)]
}

interface Archive {
  readonly walk: Walk
  readonly place: Place
  readonly view: TarView
  readonly enter: Enter
  readonly isTorch: boolean
}

async function walkEntry({ walk, place, view, enter, isTorch }: Archive, entry: TarEntry): Promise<void> {
  const { kind, name, sizeBytes, dataOffset } = entry
  if (kind !== 'file' && kind !== 'sparse' && kind !== 'unknown') return
  const source = sliceOfSource(view.source, dataOffset, sizeBytes)
  const inner: Place = { source, members: [...place.members, name], depth: place.depth + 1 }
  const say = (status: 'none' | 'partial', reason: string): void =>
    cover(walk, inner, { format: 'unknown', readBytes: 0, status, reason })
  if (walk.budget.membersLeft-- <= 0) return say('none', 'the limit of members was reached')
  if (isTorch && (name === 'storages' || name === 'tensors')) await walkTorchPart(walk, inner, enter)
  else await enter(inner)
  if (kind === 'sparse') say('partial', 'the holes of a sparse file are left out')
  if (kind === 'unknown') say('partial', 'the type of the entry is not known')
}

async function walkEnd(walk: Walk, place: Place, view: TarView, enter: Enter): Promise<void> {
  const outcome = await walkTrailer(walk, place, view.endOffset, enter)
  if (outcome !== 'unknown' || view.problems.some(({ kind }) => kind !== 'disagreement')) return
  const reason = `${place.source.size - view.endOffset} bytes from offset ${view.endOffset} on follow the archive`
  cover(walk, place, { format: 'unknown', readBytes: 0, status: 'partial', reason })
}
