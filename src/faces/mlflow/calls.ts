import type { Capability } from '../../services/identity/index.ts'
import type { NamesCaller, OpenModelNames } from '../../services/model-names/index.ts'
import type { Input } from './read-input.ts'

/** One call of MLflow's API: what a role must hold (one of these), and what it answers. */
export interface Call {
  readonly needs: readonly Capability[]
  readonly answer: (house: OpenModelNames, input: Input, caller: NamesCaller) => unknown
}

export const READS: readonly Capability[] = ['read']
export const WRITES: readonly Capability[] = ['import']
/** Stages and aliases: whoever brings models in moves those that nobody guards; the guards ask for more themselves. */
export const MOVES: readonly Capability[] = ['import', 'promote']
/** Where the house tells strangers what happens in it. */
export const RULES: readonly Capability[] = ['principals']
