import type { Value } from '../../formats/pickle/index.ts'
import { type ByteSource, fail, ok, type Result, sliceOfSource } from '../../ground/lang/index.ts'
import { itemBytes, TORCH_DTYPES, TORCH_STORAGES } from './dtypes.ts'
import { calleeOf } from './torch-pickle.ts'
import type { Tensor } from './weights-view.ts'

/** Dimensions of a tensor; PyTorch allows 64. */
const MAX_DIMENSIONS = 64

/** A storage as a persistent id names it. */
export interface StorageId {
  readonly key: string
  readonly dtype: string
  /** Items. */
  readonly count: number
}

/** Finds the bytes of a storage; undefined when they are not there. */
export type FindStorage = (id: StorageId) => ByteSource | undefined

/** Whether a value is a tensor or a parameter that PyTorch rebuilds. */
export function isTensor(value: Value): boolean {
  return calleeOf(value)?.startsWith('torch._utils._rebuild_') === true
}

/** A tensor without its name, out of the call that would make it. The reason when it cannot be told. */
export function readTensor(value: Value, find: FindStorage): Result<Omit<Tensor, 'name'>> {
  const args = itemsOf(value.kind === 'call' ? value.args : undefined)
  switch (calleeOf(value)) {
    case 'torch._utils._rebuild_parameter': {
      const inner = args?.[0]
      return inner === undefined || calleeOf(inner) === 'torch._utils._rebuild_parameter'
        ? fail('a parameter without a tensor')
        : readTensor(inner, find)
    }
    case 'torch._utils._rebuild_tensor':
      return rebuild(args?.slice(0, 4), undefined, find)
    case 'torch._utils._rebuild_tensor_v2':
      // The seventh says that the values stand conjugated or negated.
      return hasMore(args?.[6]) ? fail('it has metadata bits') : rebuild(args?.slice(0, 4), undefined, find)
    case 'torch._utils._rebuild_tensor_v3': {
      if (hasMore(args?.[7])) return fail('it has metadata bits')
      const type = args?.[6]
      const dtype =
        type?.kind === 'global' && type.module === 'torch' ? TORCH_DTYPES.get(type.name) : undefined
      return dtype === undefined ? fail('its type is not known') : rebuild(args?.slice(0, 4), dtype, find)
    }
    default:
      return fail('it is made in a way that is not read here')
  }
}

function hasMore(value: Value | undefined): boolean {
  if (value === undefined || (value.kind === 'constant' && value.python === 'None')) return false
  return !(value.kind === 'dict' && value.count === 0)
}

function rebuild(
  args: readonly Value[] | undefined,
  stated: string | undefined,
  find: FindStorage,
): Result<Omit<Tensor, 'name'>> {
  const [storageValue, startValue, sizeValue, strideValue] = args ?? []
  const id = storageId(storageValue)
  const start = numberOf(startValue)
  const shape = numbersOf(sizeValue)
  const strides = numbersOf(strideValue)
  if (id === undefined) return fail('its storage is not named as PyTorch names one')
  if (start === undefined || shape === undefined || strides?.length !== shape.length)
    return fail('its shape or strides are not numbers')
  const dtype = stated ?? id.dtype
  const size = itemBytes(dtype)
  const storage = find(id)
  if (size === undefined) return fail(`its type ${dtype} is not known`)
  if (storage === undefined) return fail(`the storage "${id.key}" is not there, or shorter than it says`)
  return place({ storage, dtype, size, start, shape, strides, key: id.key })
}

interface Placed {
  readonly storage: ByteSource
  readonly dtype: string
  readonly size: number
  readonly start: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly key: string
}

function place({ storage, dtype, size, start, shape, strides, key }: Placed): Result<Omit<Tensor, 'name'>> {
  const count = shape.reduce((product, length) => product * length, 1)
  if (!Number.isSafeInteger(count * size)) return fail('its size overflows')
  const last = shape.reduce((sum, length, i) => sum + (length - 1) * (strides[i] ?? 0), 0)
  if (count > 0 && (start + last + 1) * size > storage.size) return fail('it reaches beyond its storage')
  const base = { dtype, shape, sizeBytes: count * size, memory: key }
  if (count === 0 || isDense(shape, strides)) {
    const source = sliceOfSource(storage, start * size, count * size)
    return ok({ ...base, data: { kind: 'plain', source } })
  }
  return ok({ ...base, data: { kind: 'strided', storage, itemBytes: size, start, strides } })
}

function isDense(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    const length = shape[i] ?? 0
    if (length !== 1 && strides[i] !== step) return false
    step *= length
  }
  return true
}

/** `('storage', torch.FloatStorage, '0', 'cpu', 32)`; the old format adds a view, which nobody has written since 2018. */
function storageId(value: Value | undefined): StorageId | undefined {
  const items = value?.kind === 'persistent' ? itemsOf(value.id) : undefined
  const [word, type, key, , count, view] = items ?? []
  if (word?.kind !== 'str' || word.text !== 'storage' || type?.kind !== 'global') return undefined
  const items_ = numberOf(count)
  const dtype = TORCH_STORAGES.get(type.name)
  const isTorch = type.module === 'torch' || type.module === 'torch.storage'
  if (!isTorch || dtype === undefined || key?.kind !== 'str' || key.cut || items_ === undefined)
    return undefined
  if (view !== undefined && !(view.kind === 'constant' && view.python === 'None')) return undefined
  return { key: key.text, dtype, count: items_ }
}

/** The storages that a value names, anywhere in a persistent id. */
export function storageOf(id: Value): StorageId | undefined {
  return storageId({ kind: 'persistent', id })
}

function itemsOf(value: Value | undefined): readonly Value[] | undefined {
  if (value?.kind === 'call' && calleeOf(value) === 'torch.Size') return itemsOf(itemsOf(value.args)?.[0])
  if (value?.kind !== 'tuple' && value?.kind !== 'list') return undefined
  return value.count === value.items.length ? value.items : undefined
}

function numberOf(value: Value | undefined): number | undefined {
  if (value?.kind !== 'constant' || value.int === undefined) return undefined
  const number = Number(value.int)
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

function numbersOf(value: Value | undefined): number[] | undefined {
  const items = itemsOf(value)
  if (items === undefined || items.length > MAX_DIMENSIONS) return undefined
  const numbers = items.map(numberOf)
  return numbers.every((number) => number !== undefined) ? numbers : undefined
}
