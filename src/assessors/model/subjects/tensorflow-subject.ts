import type { TensorflowView } from '../../../formats/tensorflow/index.ts'
import type { OpSight } from '../tensorflow-roles.ts'

/** A graph of TensorFlow, in whatever file it stands, and what in it does more than compute. */
export interface TensorflowSubject {
  readonly kind: 'tensorflow'
  readonly view: TensorflowView
  readonly sights: readonly OpSight[]
}
