import { openMember, readZip, type ZipMember, type ZipView } from '../../formats/zip/index.ts'
import { MAX_DEPTH, MAX_INFLATED_BYTES } from './budget.ts'
import type { StorageSeen } from './pickle-facts.ts'
import type { Bomb } from './rule.ts'
import { storageBytes } from './torch-legacy.ts'
import { lookAtPickle, walkPickle } from './walk-pickle.ts'
import { applyRules, cover, type Place, type Walk } from './walk-report.ts'

type Enter = (inner: Place) => Promise<void>

/** Judges an archive and everything in it. False when it is no archive after all. */
export async function walkZip(walk: Walk, place: Place, enter: Enter): Promise<boolean> {
  const view = await readZip(place.source, walk.signal)
  if (view === undefined) return false
  const isTorch = view.members.some(({ name }) => name.endsWith('/data.pkl') || name === 'data.pkl')
  const format = isTorch ? 'pytorch-zip' : 'zip'
  const reason = view.isComplete ? undefined : 'the directory cannot be read to its end'
  const base = {
    format,
    readBytes: view.readBytes,
    status: reason === undefined ? 'full' : 'partial',
  } as const
  cover(walk, place, reason === undefined ? base : { ...base, reason })
  const bombs: Bomb[] = []
  const storages = new Map<string, StorageSeen>()
  const archive = { walk, place, view, bombs, enter, storages }
  // Pickles first: they say which members are tensors.
  const order = [...view.members].sort((a, b) => Number(isPkl(b)) - Number(isPkl(a)))
  for (const member of order) await walkMember(archive, member)
  applyRules(walk, place, { kind: 'zip', view, bombs })
  return true
}

interface Archive {
  readonly walk: Walk
  readonly place: Place
  readonly view: ZipView
  readonly bombs: Bomb[]
  readonly enter: Enter
  /** By the name that the member of a storage has. */
  readonly storages: Map<string, StorageSeen>
}

function isPkl(member: ZipMember): boolean {
  return member.name.endsWith('.pkl')
}

async function walkMember(archive: Archive, member: ZipMember): Promise<void> {
  const { walk, place, view } = archive
  const members = [...place.members, member.name]
  const skip = (reason: string): void =>
    cover(
      walk,
      { ...place, members },
      { format: 'unknown', sizeBytes: member.sizeBytes, readBytes: 0, status: 'none', reason },
    )
  if (member.name.endsWith('/') && member.sizeBytes === 0) return
  if (walk.budget.membersLeft-- <= 0) return skip('the limit of members was reached')
  if (place.depth >= MAX_DEPTH) return skip(`containers are nested deeper than ${MAX_DEPTH}`)
  if (isTensor(archive, member))
    return cover(
      walk,
      { ...place, members },
      { format: 'tensor', sizeBytes: member.sizeBytes, readBytes: 0, status: 'full' },
    )
  const limit = Math.min(walk.budget.inflateLeft, MAX_INFLATED_BYTES, member.sizeBytes)
  const opened = await openMember(view, member, limit, walk.signal)
  if (!opened.ok) return skip(opened.error)
  walk.budget.inflateLeft -= opened.value.inflatedBytes
  if (opened.value.isCut) archive.bombs.push({ member: member.name, message: bombMessage(member, limit) })
  const inner: Place = { source: opened.value.source, members, depth: place.depth + 1 }
  await enterMember(archive, member, inner)
  const reason = opened.value.reason
  if (reason !== undefined) {
    const bytes = { sizeBytes: member.sizeBytes, readBytes: opened.value.readBytes }
    cover(walk, inner, { format: 'unknown', ...bytes, status: 'partial', reason })
  }
}

function bombMessage(member: ZipMember, limit: number): string {
  return limit === member.sizeBytes
    ? `it inflates to more than the ${member.sizeBytes} bytes its header claims`
    : `it inflates to more than the limit of ${limit} bytes, from ${member.compressedBytes}`
}

async function enterMember(archive: Archive, member: ZipMember, inner: Place): Promise<void> {
  if (!isPkl(member)) return archive.enter(inner)
  const look = await lookAtPickle(archive.walk, inner.source)
  const folder = member.name.slice(0, member.name.lastIndexOf('/') + 1)
  for (const storage of look.facts.storages) archive.storages.set(`${folder}data/${storage.key}`, storage)
  await walkPickle(archive.walk, inner, look, archive.enter)
}

/** A member that the pickle uses as raw tensor data, of exactly the size it needs: loaders never look inside. */
function isTensor({ storages }: Archive, member: ZipMember): boolean {
  const storage = storages.get(member.name)
  return storage !== undefined && member.method === 0 && storageBytes(storage) === member.sizeBytes
}
