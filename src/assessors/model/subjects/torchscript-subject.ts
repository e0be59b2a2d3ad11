import type { EndlessLoop, TorchScriptView } from '../../../formats/torchscript/index.ts'

/** A source of TorchScript inside an archive, with what its names mean. */
export interface TorchScriptSubject {
  readonly kind: 'torchscript'
  readonly view: TorchScriptView
  readonly uses: readonly TorchScriptUse[]
  /** Loops that loading never comes out of. */
  readonly loops: readonly EndlessLoop[]
}

/** A name that is more than arithmetic. */
export interface TorchScriptUse {
  readonly role: 'file' | 'remote' | 'custom' | 'alias' | 'python'
  /** As `aten::save`. */
  readonly operator: string
  /** What it does, for `file` and `remote`. */
  readonly effect: string
  readonly call: string
  readonly offset: number
}
