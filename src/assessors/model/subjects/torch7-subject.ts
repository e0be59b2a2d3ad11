import type { Torch7View } from '../../../formats/torch7/index.ts'

/** A file of Lua Torch. */
export interface Torch7Subject {
  readonly kind: 'torch7'
  readonly view: Torch7View
}
