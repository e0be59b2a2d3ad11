import type { Digest } from '../../../ground/domain/index.ts'
import type {
  RunComparison,
  RunSummary,
  TrainEvent,
  TrainRequest,
  TrainResult,
} from '../../../services/training/index.ts'
import type { TrainingRunPredicate } from '../../../trust/evidence/index.ts'

/** A run with its record, verified anew. */
export interface RunOutput {
  readonly id: string
  readonly digest: Digest
  readonly record?: TrainingRunPredicate
  /** True until it has ended and was sealed. */
  readonly isRunning: boolean
}

/** A comparison of a run with what is there now, or with another run. */
export interface RunVerification {
  readonly run: string
  /** The other run; absent for the present. */
  readonly against?: string
  readonly comparison: RunComparison
  /** Where products that stood in the way of a run made again were moved. */
  readonly movedAside: readonly { readonly from: string; readonly to: string }[]
}

/** A run as the command line asks for it; where it stands and its environment are those of the process. */
export type TrainOrder = Omit<TrainRequest, 'folder' | 'environment'>

/** What the command line asks for training. */
export interface TrainingDoor {
  train(order: TrainOrder, onEvent: (event: TrainEvent) => void): Promise<TrainResult>
  /** Seals what was killed, then lists; newest first. */
  list(): Promise<{
    readonly runs: readonly RunSummary[]
    readonly problems: readonly { readonly id: string; readonly message: string }[]
  }>
  /** @param text an id, or its first digits. @throws SallyportError `NOT_FOUND` */
  show(text: string): Promise<RunOutput>
  verify(
    text: string,
    options: {
      readonly against?: string
      readonly rerun: boolean
      readonly outputToError: boolean
      readonly onEvent: (event: TrainEvent) => void
    },
  ): Promise<RunVerification>
}
