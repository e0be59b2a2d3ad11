import type { Value } from '../../formats/pickle/index.ts'

/** `tf_keras` is Keras 2 under its later name; Keras 2 moved its parts below `src` with 2.13. */
const UTILITIES = /^(?:tensorflow\.python\.keras|keras|tf_keras)(?:\.src)?\.saving\.pickle_utils$/
const MODELS = /^keras\.src\.models\.\w{1,40}$/
const UNPICKLE = /^(?:Functional|Model|Sequential)\._unpickle_model$/

/**
 * The file of a model that a pickle hands to the unpickler of Keras, as a pickled Keras model is written: Keras 2 calls
 * `deserialize_model_from_bytecode` (saving/pickle_utils.py), Keras 3 `_unpickle_model` of the class (saving/keras_saveable.py).
 * What that does is what the file says. Undefined for every other call, and where the bytes are not at hand.
 */
export function kerasFileOf({ callee, args }: Value & { kind: 'call' }): Value | undefined {
  if (!isUnpickler(callee) || args.kind !== 'tuple' || args.count !== 1) return undefined
  const bytes = bytesIn(args.items[0])
  return bytes?.kind === 'bytes' ? bytes : undefined
}

function isUnpickler(callee: Value): boolean {
  if (callee.kind !== 'global') return false
  const { module, name } = callee
  return (
    (name === 'deserialize_model_from_bytecode' && UTILITIES.test(module)) ||
    (UNPICKLE.test(name) && MODELS.test(module))
  )
}

/** The bytes in a BytesIO, or of an array: NumPy keeps them in its state, joblib behind the wrapper. */
function bytesIn(holder: Value | undefined): Value | undefined {
  if (holder?.kind !== 'call' || holder.callee.kind !== 'global') return holder
  const state = holder.state?.kind === 'tuple' ? holder.state.items : []
  switch (holder.callee.name) {
    case 'BytesIO':
      return state[0] ?? (holder.args.kind === 'tuple' ? holder.args.items[0] : undefined)
    case '_reconstruct':
      return state[4]
    case 'NumpyArrayWrapper':
      return holder.payload
    default:
      return undefined
  }
}
