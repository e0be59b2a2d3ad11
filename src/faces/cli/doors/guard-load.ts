import type {
  Place,
  PlaceReader,
  Places,
  PlaceWatch,
  StandingSource,
  Standings,
} from '../../../services/guard-load/index.ts'
import type { ProcessTrees } from '../../../services/training/index.ts'

/** How models of an open home stand now. */
export type StandingsDoor = Pick<Standings, 'ask' | 'follow'>

/** What `guard-load` stands on. */
export interface GuardDoor {
  readonly places: Places
  readonly reader: PlaceReader
  readonly watch: (place: Place) => PlaceWatch
  readonly now: () => Date
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Of the Hugging Face client, by its own variables. */
  readonly cacheFolder: string
  /** Where private copies go that no flag names a place for. */
  readonly copyFolder: string
  /** A server, or the home of this machine. @throws SallyportError `BAD_INPUT`, `BAD_CONFIG` */
  source(at: { readonly server?: string; readonly tokenFile?: string }): Promise<StandingSource>
  /** @throws SallyportError `NOT_SUPPORTED` where there is no `/proc` */
  processes(): Promise<ProcessTrees>
  readonly newId: () => string
  /** Tells of signals to this process. @returns takes the listener away */
  readonly onSignal: (listener: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void) => () => void
  /** The number by which people know a signal. */
  readonly numberOfSignal: (signal: string) => number
  /** Where commands are run. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
}
