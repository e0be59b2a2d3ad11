import type { GatedStage } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import {
  type Guarded,
  type GuardedModel,
  type GuardOrder,
  type OnRevoke,
  runGuarded,
  runHook,
  type StandingSource,
  type WatchEnd,
  watchModel,
} from '../../services/guard-load/index.ts'
import type { CliContext, CommonFlags } from './context.ts'
import type { GuardDoor } from './doors/guard-load.ts'
import { EXIT_OF_OUTCOME } from './exit-code.ts'
import { eventLine } from './show-guarded.ts'

/** The flags of guard-load. */
export interface GuardFlags extends CommonFlags {
  readonly stage: GatedStage
  readonly hfCache?: string
  readonly repo?: string
  readonly revision?: string
  readonly model?: string
  readonly partial: boolean
  readonly copy?: string
  readonly exec: boolean
  readonly watch: boolean
  readonly onRevoke: string
  readonly maxStale: string
  readonly server?: string
  readonly tokenFile?: string
}

/** One guard-load: what it was told, and what it stands on. */
export interface Guarding {
  readonly context: CliContext
  readonly flags: GuardFlags
  readonly door: GuardDoor
  readonly source: StandingSource
  readonly order: GuardOrder
  readonly onRevoke: OnRevoke
  readonly maxStaleMs: number
}

/** Watches what is given to the loader: of a copy the copy, else the files where they stand. */
async function watchLoaded(it: Guarding, guarded: Guarded, signal: AbortSignal): Promise<WatchEnd> {
  const { context, flags, door, source, order } = it
  const [model] = guarded.models
  if (model === undefined) throw new SallyportError('BAD_INPUT', 'there is nothing to watch')
  const copy = guarded.load?.copy
  const watched: GuardedModel = copy === undefined ? model : { ...model, place: await copy.place() }
  return watchModel({ ...door, source }, watched, {
    stage: order.stage,
    // A copy holds what was asked about, and nothing comes to it.
    allowPart: copy !== undefined || order.allowPart,
    ...(order.of === undefined ? {} : { of: order.of }),
    maxStaleMs: it.maxStaleMs,
    signal,
    onEvent: (event) => {
      if (flags.json && !flags.exec) context.io.out(JSON.stringify(event))
      else context.io.err(eventLine(event))
    },
  })
}

/** Runs what stands behind `--`; its exit code is ours, unless its model was withdrawn. */
export async function execOn(it: Guarding, guarded: Guarded, command: readonly string[]): Promise<void> {
  const { context, flags, door, onRevoke } = it
  const { load } = guarded
  if (load === undefined) return
  let isLeft = false
  try {
    const { ended, withdrawn } = await runGuarded(
      { ...door, processes: await door.processes() },
      {
        ...{ command, path: load.path, folder: door.folder, outputToError: flags.json, onRevoke },
        ...(flags.watch ? { watch: (signal) => watchLoaded(it, guarded, signal) } : {}),
      },
    )
    isLeft = ended === undefined
    if (withdrawn !== undefined) context.process.exitCode = EXIT_OF_OUTCOME.deny
    else context.process.commandExitCode = exitCodeOf(ended ?? {}, door)
  } finally {
    // A command that was left alone still reads it; the next guard-load sweeps it.
    if (!isLeft) await load.copy?.remove()
  }
}

function exitCodeOf(end: { readonly code?: number; readonly signal?: string }, door: GuardDoor): number {
  return end.code ?? 128 + door.numberOfSignal(end.signal ?? '')
}

/** Without a command of ours there is nothing to end: who waits for us learns it by the exit code. */
export async function watchOnly(it: Guarding, guarded: Guarded): Promise<void> {
  const { context, door, onRevoke } = it
  const stop = new AbortController()
  const off = door.onSignal(() => stop.abort())
  try {
    const end = await watchLoaded(it, guarded, stop.signal)
    if (end.why === 'stopped') return
    if (onRevoke.kind === 'run') {
      const path = guarded.load?.path ?? ''
      await runHook({ ...door, processes: await door.processes() }, onRevoke.command, {
        folder: door.folder,
        path,
        end,
      })
    }
    context.process.exitCode = EXIT_OF_OUTCOME.deny
  } finally {
    off()
  }
}
