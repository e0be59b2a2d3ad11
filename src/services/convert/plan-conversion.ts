import { itemBytes, type OtherValue, type Tensor, type WeightsView } from '../../assessors/weights/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { ConvertRequest } from './convert-port.ts'

/** Keys, files or steps that a refusal names. */
const MAX_NAMED = 12
/** Bytes that the new file may have beyond four times the old one: a tensor may be a small storage seen very often (CWE-409). */
const SLACK_BYTES = 64 * 1024 * 1024

/** What becomes of one checkpoint. */
export interface Plan {
  /** Under the names that they have in their state dict. */
  readonly tensors: readonly Tensor[]
  readonly shared: readonly (readonly string[])[]
  readonly dropped: readonly string[]
}

/**
 * Which tensors of a checkpoint go into the new file. Only a dict of tensors is taken: whatever else a pickle does or holds
 * is refused by name.
 * @throws SallyportError `BAD_INPUT` with what, where and what to do
 */
export function planConversion(
  file: { readonly name: string; readonly size: number; readonly view: WeightsView },
  request: Pick<ConvertRequest, 'key' | 'dropOther'>,
): Plan {
  const { name, view, size } = file
  const refuse = (why: string): never => {
    throw new SallyportError('BAD_INPUT', `${name} cannot be converted: ${why}`)
  }
  const [foreign] = view.foreign ?? []
  if (foreign !== undefined)
    refuse(
      `at offset ${foreign.offset} its pickle ${foreign.what}, which no dict of tensors needs; nothing was run. Save its state dict alone (torch.save(model.state_dict(), …)), or leave it out with --without`,
    )
  if (view.problem !== undefined) refuse(view.problem)
  const { tensors, dropped } = choose(view, request, refuse)
  const bytes = tensors.reduce((sum, tensor) => sum + tensor.sizeBytes, 0)
  if (bytes > 4 * size + SLACK_BYTES)
    refuse(
      `its tensors would take ${bytes} bytes, and the file has ${size}: they are one storage seen many times`,
    )
  for (const { name: tensor, dtype } of tensors) {
    if (itemBytes(dtype) === undefined || dtype === 'C128')
      refuse(`safetensors has no type for "${tensor.slice(0, 200)}" (${dtype})`)
    if (tensor === '__metadata__' || !tensor.isWellFormed())
      refuse(`a tensor may not be called ${JSON.stringify(tensor.slice(0, 200))} there`)
  }
  return { tensors, shared: sharedGroups(tensors), dropped }
}

type Refuse = (why: string) => never

interface Chosen {
  readonly tensors: readonly Tensor[]
  readonly dropped: readonly string[]
}

function choose(
  view: WeightsView,
  { key, dropOther }: Pick<ConvertRequest, 'key' | 'dropOther'>,
  refuse: Refuse,
): Chosen {
  const base = key === undefined ? [] : key.split('.')
  const paths = view.paths ?? []
  const within = (path: readonly string[]) => base.every((part, i) => path[i] === part)
  const inside = view.tensors
    .map((tensor, i) => ({ tensor, path: paths[i] ?? [tensor.name] }))
    .filter(({ path }) => within(path))
  if (inside.length === 0)
    return refuse(
      key === undefined
        ? 'it holds no tensors'
        : `there are no tensors under --key ${key}; there are: ${groups(paths, [])}`,
    )
  const others = (view.others ?? []).filter(({ path }) => within(path))
  const list = others.find(({ holdsTensors }) => holdsTensors)
  if (list !== undefined)
    refuse(`"${placeOf(list)}" is ${list.what} with tensors in it; only dicts of tensors have names for them`)
  if (inside.some(({ path }) => path.length !== base.length + 1))
    refuse(`it wraps its tensors; choose the part to convert with --key: ${groups(paths, base)}`)
  const dropped = others.map(({ path, what }) => `${path.join('.')} (${what})`)
  if (dropped.length > 0 && dropOther !== true)
    refuse(`it holds what is no tensor: ${named(dropped)}. Leave that out with --drop-other`)
  return {
    tensors: inside.map(({ tensor, path }) => ({ ...tensor, name: path.at(-1) ?? tensor.name })),
    dropped: [...dropped, ...outside(view, base)],
  }
}

/** Parts of a wrapped checkpoint that were not chosen. */
function outside(view: WeightsView, base: readonly string[]): readonly string[] {
  if (base.length === 0) return []
  const rest = new Map<string, number>()
  for (const path of view.paths ?? [])
    if (path[0] !== base[0]) rest.set(path[0] ?? '', (rest.get(path[0] ?? '') ?? 0) + 1)
  const values = (view.others ?? []).filter(({ path }) => path[0] !== base[0]).map(placeOf)
  return [...[...rest].map(([key, count]) => `${key} (${count} tensors)`), ...values]
}

function placeOf({ path }: OtherValue): string {
  return path.length === 0 ? 'the whole' : path.join('.')
}

/** The dicts that hold tensors of their own, as --key takes them. */
function groups(paths: readonly (readonly string[])[], base: readonly string[]): string {
  const found = new Map<string, number>()
  for (const path of paths) {
    if (!base.every((part, i) => path[i] === part)) continue
    const key = path.slice(0, -1).join('.')
    found.set(key, (found.get(key) ?? 0) + 1)
  }
  return named([...found].map(([key, count]) => `${key === '' ? '(the top)' : key} (${count} tensors)`))
}

function named(list: readonly string[]): string {
  const more = list.length - MAX_NAMED
  return list.slice(0, MAX_NAMED).join(', ').slice(0, 2000) + (more > 0 ? ` and ${more} more` : '')
}

/** Names of tensors that lie in one memory, as tied weights do. The new format has every tensor once. */
function sharedGroups(tensors: readonly Tensor[]): readonly (readonly string[])[] {
  const byMemory = new Map<string, string[]>()
  for (const { name, memory } of tensors) {
    if (memory === undefined) continue
    const known = byMemory.get(memory)
    if (known === undefined) byMemory.set(memory, [name])
    else known.push(name)
  }
  return [...byMemory.values()].filter((names) => names.length > 1)
}
