import {
  packedMember,
  readZip,
  type ZipAnomaly,
  type ZipMember,
  type ZipView,
} from '../../formats/zip/index.ts'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { noteHollow, noteSpreadHollow } from './note-hollow.ts'
import { noteSight } from './note-sight.ts'
import { openZipMember } from './open-zip-member.ts'
import type { StorageSeen } from './pickle-facts.ts'
import type { Repository } from './repository/read-repository.ts'
import type { Bomb } from './rule.ts'
import { tidyName } from './tar-sights.ts'
import { storageBytes } from './torch-legacy.ts'
import { lookAtPickle, walkPickle } from './walk-pickle.ts'
import { applyRules, cover, type Place, type Walk } from './walk-report.ts'
import { walkSpans } from './walk-spans.ts'
import { walkTogether } from './walk-together.ts'
import { walkTrailer } from './walk-trailer.ts'
import type { Enter } from './walker.ts'
import { readZipLinks, throughLinks, withoutInnerLinks, type ZipLinks } from './zip-links.ts'

/**
 * Judges an archive and everything in it. False when it is no archive after all. `prefix` says that what stands before
 * the archive was judged already.
 */
export async function walkZip(
  walk: Walk,
  place: Place,
  enter: Enter,
  prefix: 'unexpected' | 'judged' = 'unexpected',
): Promise<boolean> {
  const view = await readZip(place.source, walk.signal)
  if (view === undefined) return false
  const isTorch = view.members.some(({ name }) => /(^|\/)data\.pkl$/i.test(name))
  const format = isTorch ? 'pytorch-zip' : 'zip'
  const reason = view.isComplete ? undefined : 'the directory cannot be read to its end'
  const base = {
    format,
    readBytes: view.readBytes,
    status: reason === undefined ? 'full' : 'partial',
  } as const
  cover(walk, place, reason === undefined ? base : { ...base, reason })
  const links = await readZipLinks(walk, view)
  const archive: Archive = {
    walk,
    place,
    view,
    enter,
    bombs: [],
    lies: [],
    storages: new Map(),
    links,
    hollowBytes: 0,
  }
  // Pickles first: they say which members are tensors. Manifests last: they speak of the other members.
  const order = [...view.members].sort((a, b) => rankOf(a) - rankOf(b))
  for (const member of order) await walkMember(archive, member)
  noteSpreadHollow(walk, place, archive.hollowBytes)
  noteSight(walk, place, ...throughLinks(view.members, links))
  const readable = new Set(archive.lies.flatMap((lie) => (lie.kind === 'false-encryption' ? lie.member : [])))
  const anomalies = [...withoutInnerLinks(view.anomalies, links), ...archive.lies].filter(
    ({ kind, member }) =>
      (kind !== 'prefix' || prefix === 'unexpected') && (kind !== 'encrypted' || !readable.has(member)),
  )
  applyRules(walk, place, { kind: 'zip', view: { ...view, anomalies }, bombs: archive.bombs })
  if (!isTorch) await walkTogether(walk, place, repositoryOf(archive))
  const trailer = view.anomalies.find(({ kind }) => kind === 'trailer')
  if (trailer !== undefined) await walkTrailer(walk, place, trailer.offset, enter)
  return true
}

/** The archive as the folder that it becomes. */
function repositoryOf({ walk, view }: Archive): Repository {
  const members = new Map(view.members.map((member) => [member.name, member]))
  return {
    files: [...members.values()].map(({ name, sizeBytes }) => ({ name, sizeBytes })),
    withFile: async (name, use) => {
      const member = members.get(name)
      const opened = member === undefined ? undefined : await openZipMember(walk, view, member)
      // What cannot be opened was said so when the member was walked.
      return use(opened?.ok === true ? opened.value.source : sourceOfBytes(new Uint8Array(0)))
    },
  }
}

interface Archive {
  readonly walk: Walk
  readonly place: Place
  readonly view: ZipView
  readonly enter: Enter
  readonly bombs: Bomb[]
  /** Members whose data are not what their headers say. */
  readonly lies: ZipAnomaly[]
  /** By the name that the member of a storage has. */
  readonly storages: Map<string, StorageSeen>
  readonly links: ZipLinks
  /** Filler in members, each too small to be a bomb. */
  hollowBytes: number
}

function isPkl(member: ZipMember): boolean {
  return /\.pkl$/i.test(member.name)
}

function rankOf(member: ZipMember): number {
  if (isPkl(member)) return 0
  return /(?:^|\/)MANIFEST\.json$/i.test(member.name) ? 2 : 1
}

async function walkMember(archive: Archive, member: ZipMember): Promise<void> {
  const { walk, place } = archive
  if (member.name.endsWith('/') && member.sizeBytes === 0) return
  const members = [...place.members, member.name]
  if (walk.budget.membersLeft-- <= 0) return skip(archive, member, 'the limit of members was reached')
  if (member.method !== 0 && walk.budget.inflateLeft < 0)
    return skip(archive, member, 'the budget of unpacking ended')
  if (isTensor(archive, member)) {
    const seen = { format: 'tensor', sizeBytes: member.sizeBytes, readBytes: 0, status: 'full' } as const
    cover(walk, { ...place, members }, seen)
    return lookAtStorage(archive, member)
  }
  await openAndEnter(archive, member, member.method)
  // A header in front that names another method shows other data to who goes by it.
  const local = member.local?.method ?? member.method
  if (local !== member.method) await openAndEnter(archive, member, local)
}

/** Storages are raw numbers; only their start is read. */
async function lookAtStorage({ walk, place, view }: Archive, member: ZipMember): Promise<void> {
  const packed = packedMember(view, member)
  if (!packed.ok) return
  const { source } = packed.value
  const inner = { ...place, source }
  await walkSpans(walk, inner, [{ name: member.name, offset: 0, length: source.size }])
}

function skip({ walk, place }: Archive, member: ZipMember, reason: string): void {
  const seen = {
    format: 'unknown',
    sizeBytes: member.sizeBytes,
    readBytes: 0,
    status: 'none',
    reason,
  } as const
  cover(walk, { ...place, members: [...place.members, member.name] }, seen)
}

async function openAndEnter(archive: Archive, member: ZipMember, method: number): Promise<void> {
  const { walk, place, view } = archive
  const opened = await openZipMember(walk, view, member, { method })
  if (!opened.ok) return skip(archive, member, opened.error)
  const { source, bomb, isCut, lie, problem, readBytes, isSpent } = opened.value
  if (bomb !== undefined && isCut)
    noteSight(walk, place, { kind: 'bomb', message: bomb, member: member.name })
  else if (bomb !== undefined) archive.bombs.push({ member: member.name, message: bomb })
  // Where the headers already differ in the method, wrong sums follow from that.
  const isPlain = member.local === undefined || member.local.method === member.method
  if (lie !== undefined && isPlain)
    archive.lies.push({ ...lie, member: member.name, offset: member.localOffset })
  const inner: Place = { source, members: [...place.members, member.name], depth: place.depth + 1 }
  const before = walk.coverage.length
  await enterMember(archive, member, inner)
  explain(archive, member, before)
  if (!isCut)
    archive.hollowBytes += noteHollow(walk, place, { inner, packedBytes: member.compressedBytes, before })
  const reason = problem ?? (isSpent() ? 'the budget of unpacking ended while it was read' : undefined)
  if (reason !== undefined)
    cover(walk, inner, {
      format: 'unknown',
      sizeBytes: member.sizeBytes,
      readBytes,
      status: 'partial',
      reason,
    })
}

async function enterMember(archive: Archive, member: ZipMember, inner: Place): Promise<void> {
  if (!isPkl(member)) return archive.enter(inner)
  const look = await lookAtPickle(archive.walk, inner.source)
  const [first] = await inner.source.read(0, 1, archive.walk.signal)
  if (!look.isPickle && !look.hasActive && first !== 0x80) return archive.enter(inner)
  for (const storage of look.facts.storages)
    for (const name of namesOfStorage(member.name, storage)) archive.storages.set(name, storage)
  await walkPickle(archive.walk, inner, look, archive.enter)
}

/**
 * Where the loader of a pickle looks for a storage. torch: data.pkl has its tensors in data/, TorchScript's constants.pkl in
 * constants/. torch.package keeps those of all its pickles in .data/ (torch/package/package_importer.py).
 */
function namesOfStorage(pickle: string, { key }: StorageSeen): readonly [string, string] {
  const root = pickle.includes('/') ? pickle.slice(0, pickle.indexOf('/') + 1) : ''
  return [`${pickle.replace(/\.pkl$/i, '')}/${key}`, `${root}.data/${key}.storage`]
}

/** Names what nothing recognized: the target of a link, or a storage that holds less than its pickle says. */
function explain({ walk, place, links, storages }: Archive, member: ZipMember, before: number): void {
  const storage = member.method === 0 ? storages.get(member.name) : undefined
  const wanted = (storage === undefined ? undefined : storageBytes(storage)) ?? 0
  const isShort = wanted > member.sizeBytes
  if (isShort) {
    const message = `its pickle says ${wanted} bytes, and it has ${member.sizeBytes}`
    noteSight(walk, place, {
      kind: 'short-storage',
      message,
      member: member.name,
      offset: member.localOffset,
    })
  }
  const [own, ...more] = walk.coverage.slice(before)
  if (own?.status !== 'none' || more.length > 0 || !(isShort || links.has(tidyName(member.name)))) return
  const { reason: _, ...seen } = own
  walk.coverage[before] = { ...seen, format: isShort ? 'tensor' : 'link', status: 'full' }
}

/** A member that the pickle uses as raw tensor data, of exactly the size it needs: loaders never look inside. */
function isTensor({ storages }: Archive, member: ZipMember): boolean {
  const storage = storages.get(member.name)
  return storage !== undefined && member.method === 0 && storageBytes(storage) === member.sizeBytes
}
