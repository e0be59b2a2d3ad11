import type { TfliteView } from '../../../formats/tflite/index.ts'
import type { OpRole } from '../tensorflow-roles.ts'

/** A TFLite model, and what its custom operations are. */
export interface TfliteSubject {
  readonly kind: 'tflite'
  readonly view: TfliteView
  readonly ops: readonly { readonly name: string; readonly role: OpRole; readonly texts: readonly string[] }[]
}
