/** A tensor of a written file. */
export interface WrittenTensor {
  readonly values: readonly number[]
  readonly shape: readonly number[]
  /** Row by row when absent. */
  readonly strides?: readonly number[]
  /** Items into the storage. */
  readonly start?: number
  /** Lies in the storage of another. */
  readonly sharedWith?: string
}

const text = (value: string) => {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([Buffer.from('X'), length, bytes])
}
const int = (value: number) => {
  const bytes = Buffer.alloc(5)
  bytes.write('J')
  bytes.writeInt32LE(value, 1)
  return bytes
}
const global = (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`)
const tuple = (...items: readonly Uint8Array[]) =>
  Buffer.concat([Buffer.from('('), ...items, Buffer.from('t')])
const op = (letters: string) => Buffer.from(letters, 'latin1')
/** A whole stream of protocol 2. */
const stream = (...parts: readonly Uint8Array[]) => Buffer.concat([op('\x80\x02'), ...parts, op('.')])

function denseStrides(shape: readonly number[]): readonly number[] {
  return shape.map((_, i) => shape.slice(i + 1).reduce((product, length) => product * length, 1))
}

function tensorOf(name: string, tensor: WrittenTensor, counts: ReadonlyMap<string, number>): Uint8Array {
  const key = tensor.sharedWith ?? name
  const storage = tuple(
    text('storage'),
    global('torch', 'FloatStorage'),
    text(key),
    text('cpu'),
    int(counts.get(key) ?? 0),
    op('N'),
  )
  const sizes = tuple(...tensor.shape.map(int))
  const strides = tuple(...(tensor.strides ?? denseStrides(tensor.shape)).map(int))
  const hooks = Buffer.concat([global('collections', 'OrderedDict'), op(')R')])
  const args = tuple(storage, op('Q'), int(tensor.start ?? 0), sizes, strides, op('\x89'), hooks)
  return Buffer.concat([global('torch._utils', '_rebuild_tensor_v2'), args, op('R')])
}

/**
 * A file as torch.save wrote it before 1.6 (torch/serialization.py, _legacy_save): F32 tensors in a dict.
 * @param more bytes of the pickle that stand as a further value, after its key
 */
export function legacyTorch(
  tensors: Readonly<Record<string, WrittenTensor>>,
  more: { readonly key?: string; readonly value?: Uint8Array; readonly wrap?: string } = {},
): Uint8Array {
  const entries = Object.entries(tensors)
  const own = entries.filter(([, { sharedWith }]) => sharedWith === undefined)
  const counts = new Map(own.map(([name, { values }]) => [name, values.length]))
  const items = entries.flatMap(([name, tensor]) => [text(name), tensorOf(name, tensor, counts)])
  const extra = more.value === undefined ? [] : [text(more.key ?? 'extra'), more.value]
  const dict = Buffer.concat([op('}('), ...items, ...extra, op('u')])
  const object = more.wrap === undefined ? dict : Buffer.concat([op('}'), text(more.wrap), dict, op('s')])
  const magic = Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex')
  const keys = stream(op(']('), ...own.map(([name]) => text(name)), op('e'))
  const storages = own.flatMap(([, { values }]) => {
    const count = Buffer.alloc(8)
    count.writeBigInt64LE(BigInt(values.length))
    return [count, Buffer.from(Float32Array.from(values).buffer)]
  })
  return Buffer.concat([magic, stream(int(1001)), stream(op('}')), stream(object), keys, ...storages])
}

/** Pieces of pickles for those who write worse ones. */
export const pickled = { text, int, global, tuple, op }
