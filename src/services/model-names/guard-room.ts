import type { Gates } from './gates.ts'
import type { MlflowPeer, NamesDeps } from './ports.ts'
import type { Registrar } from './registrar.ts'

/** What a guard needs beside the names. */
export interface GuardRoom {
  readonly deps: NamesDeps
  readonly gates: Gates
  readonly registrar: Registrar
  readonly peer: MlflowPeer
}
