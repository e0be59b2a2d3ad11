import type { PickleRun, Value } from '../../formats/pickle/index.ts'
import type { ByteSource } from '../../ground/lang/index.ts'
import type { StorageSeen } from './pickle-facts.ts'

/** torch/serialization.py, MAGIC_NUMBER. */
const MAGIC = '119547037146038801333356'
/** Magic, protocol, system, object, storage keys. */
const STREAMS = 5

/** Bytes of one element of a storage class of PyTorch. */
const ITEM_BYTES: Readonly<Record<string, number>> = {
  FloatStorage: 4,
  DoubleStorage: 8,
  HalfStorage: 2,
  BFloat16Storage: 2,
  LongStorage: 8,
  IntStorage: 4,
  ShortStorage: 2,
  CharStorage: 1,
  ByteStorage: 1,
  BoolStorage: 1,
  UntypedStorage: 1,
  ComplexFloatStorage: 8,
  ComplexDoubleStorage: 16,
  QInt8Storage: 1,
  QUInt8Storage: 1,
  QInt32Storage: 4,
}

/** Bytes that a storage takes, or undefined for an unknown class. */
export function storageBytes(storage: StorageSeen): number | undefined {
  const size = ITEM_BYTES[storage.storageType]
  return size === undefined ? undefined : size * storage.count
}

/**
 * Where the raw storages after the five streams of torch.save's old format end (torch/serialization.py, _legacy_save).
 * Undefined while this is not such a file, or not yet after its fifth stream.
 */
export async function legacyTail(
  source: ByteSource,
  runs: readonly PickleRun[],
  storages: readonly StorageSeen[],
): Promise<{ readonly end: number } | undefined> {
  const [first] = runs
  if (runs.length !== STREAMS || first?.value?.kind !== 'constant' || first.value.python !== MAGIC)
    return undefined
  const last = runs[STREAMS - 1]
  let at = last?.endOffset ?? 0
  for (const key of keysOf(last?.value)) {
    const storage = storages.find((seen) => seen.key === key)
    const size = storage === undefined ? undefined : storageBytes(storage)
    const count = await source.read(at, 8)
    if (storage === undefined || size === undefined || count.length < 8) return { end: at }
    if (new DataView(count.buffer, count.byteOffset, 8).getBigInt64(0, true) !== BigInt(storage.count))
      return { end: at }
    if (at + 8 + size > source.size) return { end: at }
    at += 8 + size
  }
  return { end: at }
}

function keysOf(value: Value | undefined): string[] {
  if (value?.kind !== 'list') return []
  return value.items.flatMap((item) => (item.kind === 'str' ? [item.text] : []))
}
