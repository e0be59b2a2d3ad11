import type { KerasObject, KerasView } from '../../../formats/keras/index.ts'
import type { KerasRole } from '../keras-roles.ts'

/** A Keras configuration: of a `.keras` archive, an HDF5 file, a SavedModel, TensorFlow.js, or plain JSON. */
export interface KerasSubject {
  readonly kind: 'keras'
  readonly view: KerasView
  readonly objects: readonly { readonly object: KerasObject; readonly role: KerasRole }[]
}
