import type { CommandEnd, ProcessTree, ProcessTrees } from '../training/index.ts'
import type { WatchEnd } from './watch-model.ts'

/** Milliseconds that a command gets to end by itself after its model was withdrawn. */
const GRACE_MS = 10_000
/** Milliseconds between two looks at whether it has ended. */
const LOOK_MS = 100

/** What is done to a command whose model may not be used any longer. */
export type OnRevoke =
  | { readonly kind: 'kill' }
  /** It is left alone; whoever called us is told by the exit code. */
  | { readonly kind: 'exit' }
  /** Somebody else's command does what is to be done. */
  | { readonly kind: 'run'; readonly command: string }

/** What running a command on a guarded model needs. */
export interface RunDeps {
  readonly processes: ProcessTrees
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly newId: () => string
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Tells of signals to this process. @returns takes the listener away */
  readonly onSignal: (listener: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void) => () => void
}

/** A command that is to load a model. `{}` in its arguments stands for the model's path. */
export interface RunOrder {
  readonly command: readonly string[]
  /** What the loader is given. */
  readonly path: string
  readonly folder: string
  readonly outputToError: boolean
  readonly onRevoke: OnRevoke
  /** Watches until the model may not be used any longer; absent when nobody watches. */
  readonly watch?: (signal: AbortSignal) => Promise<WatchEnd>
}

/** How it ended: the command's own end, and why the model was withdrawn, if it was. */
export interface GuardedRun {
  readonly ended?: CommandEnd
  readonly withdrawn?: WatchEnd
}

/**
 * Runs a command on a guarded model, and ends it with everything that it started when the model is withdrawn meanwhile.
 * @throws SallyportError `BAD_INPUT` when it cannot be started
 */
export async function runGuarded(deps: RunDeps, order: RunOrder): Promise<GuardedRun> {
  const { command, path } = order
  const { tree, ended } = await deps.processes.start({
    args: command.map((arg) => arg.replaceAll('{}', path)),
    folder: order.folder,
    environment: { ...deps.environment, SALLYPORT_MODEL: path },
    runId: deps.newId(),
    outputToError: order.outputToError,
  })
  const stop = new AbortController()
  const off = deps.onSignal((signal) => tree.signal(signal))
  try {
    const first = await Promise.race([
      ended.then((end) => ({ end })),
      ...(order.watch === undefined ? [] : [order.watch(stop.signal).then((withdrawn) => ({ withdrawn }))]),
    ])
    if ('end' in first) return { ended: first.end }
    await withdraw(deps, order, tree, first.withdrawn)
    if (order.onRevoke.kind === 'exit') return { withdrawn: first.withdrawn }
    return { withdrawn: first.withdrawn, ended: await ended }
  } catch (cause) {
    // A watch that failed can vouch for nothing: the command does not go on without it.
    await endTree(deps, tree)
    throw cause
  } finally {
    stop.abort()
    off()
    if (tree.isEmpty()) tree.close()
  }
}

async function withdraw(
  deps: RunDeps,
  { onRevoke, folder, path }: RunOrder,
  tree: ProcessTree,
  end: WatchEnd,
): Promise<void> {
  if (onRevoke.kind === 'kill') await endTree(deps, tree)
  if (onRevoke.kind === 'run') await runHook(deps, onRevoke.command, { folder, path, end })
}

async function endTree(deps: RunDeps, tree: ProcessTree): Promise<void> {
  tree.signal('SIGTERM')
  const never = new AbortController().signal
  for (let waited = 0; waited < GRACE_MS && !tree.isEmpty(); waited += LOOK_MS)
    await deps.sleep(LOOK_MS, never)
  tree.kill()
}

/** Runs a command of the operator's and waits for it; why stands in its environment. */
export async function runHook(
  deps: Pick<RunDeps, 'processes' | 'environment' | 'newId'>,
  command: string,
  about: { readonly folder: string; readonly path: string; readonly end: WatchEnd },
): Promise<CommandEnd> {
  const { tree, ended } = await deps.processes.start({
    args: ['/bin/sh', '-c', command],
    folder: about.folder,
    environment: {
      ...deps.environment,
      SALLYPORT_MODEL: about.path,
      SALLYPORT_WITHDRAWN: about.end.why,
      SALLYPORT_REASON: about.end.message,
    },
    runId: deps.newId(),
    outputToError: true,
  })
  const end = await ended
  if (tree.isEmpty()) tree.close()
  return end
}
