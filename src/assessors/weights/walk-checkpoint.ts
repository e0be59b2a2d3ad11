import type { Value } from '../../formats/pickle/index.ts'
import type { ByteSource } from '../../ground/lang/index.ts'
import { calleeOf, isOrdered, type TorchPickle } from './torch-pickle.ts'
import { type FindStorage, isTensor, readTensor } from './torch-tensor.ts'
import type { OtherValue, Tensor } from './weights-view.ts'

/** Dicts within dicts. Optimizers have five; a deeper one goes round in circles (CWE-674). */
const MAX_DEPTH = 32
/** Values of one checkpoint that are looked at. */
const MAX_VALUES = 2_000_000

/** What a checkpoint holds. */
export interface CheckpointView {
  readonly tensors: readonly Tensor[]
  readonly paths: readonly (readonly string[])[]
  readonly others: readonly OtherValue[]
  /** Why it could not be read to its end. */
  readonly problem?: string
}

/** Finds all tensors of a checkpoint by the keys that lead to them: in dicts, and inside lists and objects too. */
export function walkCheckpoint(pickle: TorchPickle, find: FindStorage): CheckpointView {
  const walk = new Walk(pickle, find)
  const root = pickle.run.value
  if (root !== undefined) walk.value(root, [], false)
  return {
    tensors: walk.tensors,
    paths: walk.paths,
    others: walk.others,
    ...(walk.problem === undefined ? {} : { problem: walk.problem }),
  }
}

class Walk {
  readonly tensors: Tensor[] = []
  readonly paths: (readonly string[])[] = []
  readonly others: OtherValue[] = []
  problem: string | undefined
  readonly #pickle: TorchPickle
  readonly #find: FindStorage
  #left = MAX_VALUES

  constructor(pickle: TorchPickle, find: FindStorage) {
    this.#pickle = pickle
    this.#find = find
  }

  /** @param isInside it stands in a list or an object, not in dicts alone */
  value(value: Value, path: readonly string[], isInside: boolean): void {
    this.#left -= 1
    if (this.#left < 0 || path.length > MAX_DEPTH)
      this.problem ??= `it holds more than ${MAX_VALUES} values, or lies deeper than ${MAX_DEPTH} dicts`
    if (this.problem !== undefined) return
    if (isTensor(value)) this.#tensor(value, path)
    else if (value.kind === 'dict' || isOrdered(value)) this.#dict(value, path, isInside)
    else if (isInside) this.#members(value, path)
    else this.#other(value, path)
  }

  #tensor(value: Value, path: readonly string[]): void {
    const tensor = readTensor(value, this.#find)
    if (!tensor.ok) {
      this.problem = `the tensor "${path.join('.').slice(0, 200)}" cannot be read: ${tensor.error}`
      return
    }
    this.tensors.push({ name: path.join('.'), ...tensor.value })
    this.paths.push(path)
  }

  #dict(value: Value, path: readonly string[], isInside: boolean): void {
    const last = new Map<string, Value>()
    for (const [key, item] of this.#pairs(value)) {
      const name = keyOf(key)
      if (name === undefined) this.problem ??= 'a key is no short text and no number'
      else last.set(name, item)
    }
    if (value.kind === 'dict' && value.count !== value.entries.length)
      this.problem ??= 'a dict has more members than are kept'
    for (const [name, item] of last) this.value(item, [...path, name], isInside)
  }

  *#pairs(value: Value): Iterable<readonly [Value, Value]> {
    if (value.kind === 'dict') {
      yield* value.entries
      return
    }
    // Python 2 hands an OrderedDict its pairs as arguments.
    if (value.kind === 'call' && value.args.kind === 'tuple')
      for (const pair of membersOf(value.args.items[0])) {
        const [key, item] = membersOf(pair)
        if (key !== undefined && item !== undefined) yield [key, item]
      }
    const items = this.#pickle.itemsOf(value)
    for (let i = 0; i + 1 < items.length; i += 2) {
      const [key, item] = [items[i], items[i + 1]]
      if (key !== undefined && item !== undefined) yield [key, item]
    }
  }

  /** Something else: tensors inside it are found, and it is noted whether there are any. */
  #other(value: Value, path: readonly string[]): void {
    const before = this.tensors.length
    this.#members(value, path)
    this.others.push({ path, what: wordFor(value), holdsTensors: this.tensors.length > before })
  }

  #members(value: Value, path: readonly string[]): void {
    for (const [i, item] of membersOf(value).entries())
      if (item.kind !== 'constant' && item.kind !== 'str') this.value(item, [...path, String(i)], true)
    if (value.kind !== 'call') return
    this.value(value.args, path, true)
    if (value.state !== undefined) this.value(value.state, path, true)
  }
}

function membersOf(value: Value | undefined): readonly Value[] {
  switch (value?.kind) {
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return value.items
    default:
      return []
  }
}

function keyOf(key: Value): string | undefined {
  if (key.kind === 'str') return key.cut ? undefined : key.text
  return key.kind === 'constant' ? key.python : undefined
}

/** What a value is, for a person. */
function wordFor(value: Value): string {
  if (value.kind === 'call') return `a ${calleeOf(value) ?? 'made object'}`
  if (value.kind === 'str') return 'a text'
  if (value.kind === 'constant') return value.python.length > 40 ? 'a number' : value.python
  return value.kind === 'global' ? `${value.module}.${value.name}` : `a ${value.kind}`
}

/** A storage by its bytes, when it is as long as it claims. */
export function wholeStorage(source: ByteSource | undefined, wanted: number): ByteSource | undefined {
  return source === undefined || source.size < wanted ? undefined : source
}
