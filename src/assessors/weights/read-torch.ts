import type { Value } from '../../formats/pickle/index.ts'
import { packedMember, type ZipAnomaly, type ZipView } from '../../formats/zip/index.ts'
import { type ByteSource, sliceOfSource } from '../../ground/lang/index.ts'
import { itemBytes } from './dtypes.ts'
import { runTorchPickle, type TorchPickle } from './torch-pickle.ts'
import { type StorageId, storageOf } from './torch-tensor.ts'
import { walkCheckpoint, wholeStorage } from './walk-checkpoint.ts'
import type { WeightsView } from './weights-view.ts'

/** torch/serialization.py, MAGIC_NUMBER: LONG1 and STOP, behind PROTO and from protocol 4 on a FRAME. */
const LEGACY_MAGIC = Buffer.from('8a0a6cfc9c46f9206aa850192e', 'hex')
const MAGIC_PLACES = [2, 11]
/** Magic, protocol, system, object, storage keys. */
const OBJECT = 3
const KEYS = 4
/** What two readers of an archive would read in two ways: then nobody can say which tensors it holds. */
const AMBIGUOUS: ReadonlySet<ZipAnomaly['kind']> = new Set([
  'name-differs',
  'size-differs',
  'method-differs',
  'duplicate-name',
  'overlap',
  'several-directories',
  'no-local-header',
  'directory-broken',
  'too-many-members',
  'encrypted',
])

/** Why an archive means different things to different readers; undefined when it does not. */
export function ambiguity(view: ZipView): string | undefined {
  const odd = view.anomalies.find(({ kind }) => AMBIGUOUS.has(kind))
  if (odd === undefined) return view.isComplete ? undefined : 'its directory cannot be read to its end'
  const where = odd.member === undefined ? '' : ` (${odd.member.slice(0, 120)})`
  return `readers of this archive would differ: ${odd.message}${where}`
}

/** Whether bytes begin as torch.save's old format does. */
export function looksLikeLegacyTorch(head: Uint8Array): boolean {
  if (head[0] !== 0x80) return false
  return MAGIC_PLACES.some((at) => LEGACY_MAGIC.equals(head.subarray(at, at + LEGACY_MAGIC.length)))
}

/** The tensors of an archive that torch.save made; undefined when it is another archive. */
export async function readTorchZip(view: ZipView, signal?: AbortSignal): Promise<WeightsView | undefined> {
  const format = 'pytorch-zip'
  const pickles = view.members.filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name))
  const [main] = pickles
  if (main === undefined) return undefined
  const refuse = (problem: string): WeightsView => ({ format, tensors: [], problem })
  const odd = ambiguity(view)
  if (odd !== undefined) return refuse(odd)
  if (pickles.length > 1) return refuse('it has several data.pkl')
  const prefix = main.name.slice(0, -'data.pkl'.length)
  const stored = new Map<string, ByteSource>()
  for (const member of view.members) {
    const packed = packedMember(view, member)
    if (packed.ok && packed.value.method === 'stored') stored.set(member.name, packed.value.source)
  }
  const order = await stored.get(`${prefix}byteorder`)?.read(0, 16, signal)
  if (order !== undefined && Buffer.from(order).toString('latin1').trim() !== 'little')
    return refuse('its storages are not in little-endian order')
  const source = stored.get(main.name)
  if (source === undefined) return refuse('data.pkl is packed or cannot be read')
  const pickle = await runTorchPickle(source, 0, signal)
  const find = (id: StorageId) =>
    wholeStorage(stored.get(`${prefix}data/${id.key}`), id.count * (itemBytes(id.dtype) ?? 1))
  return checkpoint(format, pickle, find)
}

/** The tensors of a file that torch.save wrote before version 1.6, or wrote so since. */
export async function readTorchLegacy(source: ByteSource, signal?: AbortSignal): Promise<WeightsView> {
  const format = 'pytorch-legacy'
  const pickles: TorchPickle[] = []
  let at = 0
  for (let i = 0; i <= KEYS; i++) {
    const pickle = await runTorchPickle(source, at, signal)
    pickles.push(pickle)
    if (pickle.run.end !== 'stop')
      return { format, tensors: [], problem: `its pickle breaks: ${pickle.run.reason ?? 'unknown'}` }
    at = pickle.run.endOffset
  }
  const object = pickles[OBJECT]
  const keys = keysOf(pickles[KEYS]?.run.value)
  if (object === undefined || keys === undefined)
    return { format, tensors: [], problem: 'it does not list its storages' }
  const storages = await placeStorages(source, { keys, at, sizes: storageSizes(object) }, signal)
  if (typeof storages === 'string') return { format, tensors: [], problem: storages }
  const foreign = pickles.flatMap((pickle) => pickle.foreign)
  const find = (id: StorageId) => wholeStorage(storages.get(id.key), id.count * (itemBytes(id.dtype) ?? 1))
  return { ...checkpoint(format, object, find), foreign }
}

function checkpoint(
  format: WeightsView['format'],
  pickle: TorchPickle,
  find: (id: StorageId) => ByteSource | undefined,
): WeightsView {
  if (pickle.run.end !== 'stop')
    return { format, tensors: [], problem: `its pickle breaks: ${pickle.run.reason ?? 'unknown'}` }
  const view = walkCheckpoint(pickle, find)
  const { tensors, paths, others, problem } = view
  if (problem !== undefined) return { format, tensors: [], problem, foreign: pickle.foreign }
  return { format, tensors, paths, others, foreign: pickle.foreign }
}

/** Bytes of one item of each storage, by its key: the file says their number only. */
function storageSizes(pickle: TorchPickle): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  for (const id of pickle.persistent) {
    const storage = storageOf(id)
    if (storage !== undefined) sizes.set(storage.key, itemBytes(storage.dtype) ?? 1)
  }
  return sizes
}

function keysOf(value: Value | undefined): readonly string[] | undefined {
  if (value?.kind !== 'list' || value.count !== value.items.length) return undefined
  const keys = value.items.map((item) => (item.kind === 'str' && !item.cut ? item.text : undefined))
  return keys.every((key) => key !== undefined) ? keys : undefined
}

interface Listed {
  readonly keys: readonly string[]
  /** Where the first storage begins. */
  readonly at: number
  readonly sizes: ReadonlyMap<string, number>
}

/** Storages stand one after the other, each behind its number of items (torch/serialization.py, _legacy_load). */
async function placeStorages(
  source: ByteSource,
  { keys, at: start, sizes }: Listed,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ByteSource> | string> {
  const placed = new Map<string, ByteSource>()
  let at = start
  for (const key of keys) {
    const size = sizes.get(key)
    const head = await source.read(at, 8, signal)
    if (size === undefined || head.length < 8) return `the storage "${key.slice(0, 40)}" cannot be found`
    const bytes = Number(new DataView(head.buffer, head.byteOffset, 8).getBigInt64(0, true)) * size
    if (!(bytes >= 0) || at + 8 + bytes > source.size)
      return `the storage "${key.slice(0, 40)}" goes beyond the end of the file`
    placed.set(key, sliceOfSource(source, at + 8, bytes))
    at += 8 + bytes
  }
  return placed
}
