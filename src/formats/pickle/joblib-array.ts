import { entryOf, type Value } from './value.ts'

/** An array whose bytes follow its wrapper in the file, as joblib.numpy_pickle writes it. */
export type InlineArray =
  | { readonly kind: 'raw'; readonly sizeBytes: number; readonly isPadded: boolean }
  /** Its members are Python objects: a whole pickle stream of its own follows. */
  | { readonly kind: 'pickle'; readonly isPadded: boolean }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** scikit-learn carried joblib with it before 0.23. */
const WRAPPER_MODULES = new Set(['joblib.numpy_pickle', 'sklearn.externals.joblib.numpy_pickle'])

/** The array that NumpyArrayWrapper.read takes from the file after this BUILD; undefined for any other object. */
export function inlineArray(built: Value): InlineArray | undefined {
  if (built.kind !== 'call' || built.callee.kind !== 'global') return undefined
  if (!WRAPPER_MODULES.has(built.callee.module) || built.callee.name !== 'NumpyArrayWrapper') return undefined
  const state = built.state
  const itemBytes = itemSizeOf(entryOf(state, 'dtype'))
  const items = itemCount(entryOf(state, 'shape'))
  if (itemBytes === undefined || items === undefined)
    return { kind: 'unreadable', reason: 'the shape or dtype of an inline array cannot be read' }
  const alignment = entryOf(state, 'numpy_array_alignment_bytes')
  const isPadded = alignment !== undefined && !(alignment.kind === 'constant' && alignment.python === 'None')
  if (itemBytes === 'objects') return { kind: 'pickle', isPadded }
  const sizeBytes = itemBytes * items
  return Number.isSafeInteger(sizeBytes)
    ? { kind: 'raw', sizeBytes, isPadded }
    : { kind: 'unreadable', reason: 'an inline array is larger than any file' }
}

function itemCount(shape: Value | undefined): number | undefined {
  if (shape?.kind !== 'tuple' || shape.count !== shape.items.length) return undefined
  let count = 1
  for (const item of shape.items) {
    const length = numberOf(item)
    if (length === undefined || length < 0) return undefined
    count *= length
  }
  return count
}

function numberOf(value: Value | undefined): number | undefined {
  if (value?.kind !== 'constant' || !/^-?[0-9]{1,16}$/.test(value.python)) return undefined
  return Number(value.python)
}

/** Bits of numpy's dtype flags: NPY_ITEM_HASOBJECT (numpy/core/include/numpy/ndarraytypes.h). */
const HAS_OBJECT = 0x01

/** `numpy.dtype('f8', False, True)` with its BUILD state `(3, '<', None, None, None, -1, -1, 0)`. */
function itemSizeOf(dtype: Value | undefined): number | 'objects' | undefined {
  if (dtype?.kind !== 'call' || dtype.callee.kind !== 'global' || dtype.callee.name !== 'dtype')
    return undefined
  const code = dtype.args.kind === 'tuple' ? dtype.args.items[0] : undefined
  const state = dtype.state?.kind === 'tuple' ? dtype.state.items : []
  const flags = numberOf(state[7])
  if (flags !== undefined && flags >= 0 && flags & HAS_OBJECT) return 'objects'
  const stated = numberOf(state[5])
  if (stated !== undefined && stated >= 0) return stated
  const found = code?.kind === 'str' ? /^[<>|=]?([a-zA-Z?])([0-9]{0,9})$/.exec(code.text) : null
  if (found === null) return undefined
  if (found[1] === 'O') return 'objects'
  const size = Number(found[2] ?? '')
  return found[1] === 'U' ? 4 * size : size || undefined
}
