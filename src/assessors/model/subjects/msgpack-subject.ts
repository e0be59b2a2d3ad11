import type { MsgpackView } from '../../../formats/msgpack/index.ts'

/** A MessagePack value, such as a checkpoint of Flax. */
export interface MsgpackSubject {
  readonly kind: 'msgpack'
  readonly view: MsgpackView
}
