import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { SallyportError } from '../../ground/lang/index.ts'
import type { CommandEnd, ProcessTree, ProcessTrees } from '../../services/training/index.ts'
import { type ControlGroup, findControlGroup, makeControlGroup } from './control-group.ts'
import { MARK, MemberFinder } from './find-members.ts'
import { readProc, readStat, TICK_MS } from './proc-files.ts'
import { WatchedTree } from './watched-tree.ts'

const STDERR = 2

/** Enters the group (when there is one) and becomes the command, so that not one instruction of it runs outside. */
const ENTER = 'g=$1; shift; if [ -n "$g" ]; then echo $$ > "$g/cgroup.procs" || exit 125; fi; exec "$@"'

/**
 * Commands as trees of processes, on Linux.
 * @param options `groups: false` never makes control groups: for tests of the other way
 * @throws SallyportError `NOT_SUPPORTED` where there is no `/proc`
 */
export function openProcessTrees(options: { readonly groups?: boolean } = {}): ProcessTrees {
  const boot = readProc('/proc/sys/kernel/random/boot_id')?.trim()
  if (boot === undefined || readStat('self') === undefined)
    throw new SallyportError(
      'NOT_SUPPORTED',
      'training runs are watched through /proc, which is not here: it needs Linux',
    )
  return {
    boot,
    start: async (command) => {
      const group = options.groups === false ? undefined : makeControlGroup(`sallyport-${command.runId}`)
      const before = waitedMs()
      const outer = command.environment[MARK]
      const child = spawn('/bin/sh', ['-c', ENTER, 'sallyport', group?.folder ?? '', ...command.args], {
        cwd: command.folder,
        // A session of its own: whoever stays in it belongs to the run, whatever becomes of its parent.
        detached: true,
        stdio: ['inherit', command.outputToError ? STDERR : 'inherit', 'inherit'],
        env: {
          ...command.environment,
          [MARK]: outer === undefined ? command.runId : `${outer}/${command.runId}`,
        },
      })
      const pid = await pidOf(child, group)
      const start = readStat(pid)?.start ?? 0
      const tree = watch({ root: { pid, start }, group, runId: command.runId, known: [{ pid, start }] })
      const ended = new Promise<CommandEnd>((done) => {
        child.once('exit', (code, signal) => {
          const after = waitedMs()
          tree.noteRootEnd({
            userMs: after.userMs - before.userMs,
            systemMs: after.systemMs - before.systemMs,
          })
          done({ ...(code === null ? {} : { code }), ...(signal === null ? {} : { signal }) })
        })
      })
      return { tree, ended }
    },
    find: (run) => {
      const group = run.cgroup === undefined ? undefined : findControlGroup(run.cgroup)
      // After a restart of the machine all numbers are somebody else's.
      const known = run.boot === boot ? run.members : []
      return watch({ root: known[0] ?? { pid: 0, start: 0 }, group, runId: run.runId, known })
    },
  }
}

/** The number by which people know a signal, for exit codes of 128 and more. */
export function numberOfSignal(signal: string): number {
  return constants.signals[signal as keyof typeof constants.signals] ?? 0
}

function watch(of: {
  readonly root: { readonly pid: number; readonly start: number }
  readonly group: ControlGroup | undefined
  readonly runId: string
  readonly known: readonly { readonly pid: number; readonly start: number }[]
}): ProcessTree & Pick<WatchedTree, 'noteRootEnd'> {
  return new WatchedTree(of.root, of.group, new MemberFinder(of.runId, of.known))
}

function pidOf(child: ChildProcess, group: ControlGroup | undefined): Promise<number> {
  return new Promise((done, refuse) => {
    child.once('error', (cause) => {
      group?.remove()
      refuse(new SallyportError('BAD_INPUT', `the command cannot be started: ${cause.message}`, { cause }))
    })
    child.once('spawn', () => done(child.pid ?? 0))
  })
}

/** What this process was told of children that it waited for. */
function waitedMs(): { readonly userMs: number; readonly systemMs: number } {
  const stat = readStat('self')
  return { userMs: (stat?.childrenUser ?? 0) * TICK_MS, systemMs: (stat?.childrenSystem ?? 0) * TICK_MS }
}
