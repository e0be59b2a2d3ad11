import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readProc } from './proc-files.ts'

/** Levels of groups below ours that a run may have made. */
const MAX_DEPTH = 8

/** A control group (cgroup v2) that holds one run and nothing else: nobody leaves it by forking, sessions or a new environment. */
export interface ControlGroup {
  readonly folder: string
  /** Numbers of everything in it. */
  processes(): readonly number[]
  /** Microseconds since it was made; exact, also for what has ended. */
  cpu(): { readonly userUs: number; readonly systemUs: number }
  kill(): void
  /** Removes it, and groups below it; all must be empty. */
  remove(): void
}

/** Makes a group below our own, or gives undefined where this user may not (the usual case outside containers and units with `Delegate=`). */
export function makeControlGroup(name: string): ControlGroup | undefined {
  const parent = ownGroup()
  if (parent === undefined) return undefined
  const folder = join(parent, name)
  try {
    mkdirSync(folder)
    // Without cgroup.kill (Linux before 5.14) a fork could outrun us; then the other way of telling members is as good.
    if (!existsSync(join(folder, 'cgroup.kill'))) throw new Error('this kernel has no cgroup.kill')
    return groupAt(folder)
  } catch {
    remove(folder)
    return undefined // The caller tells members by their marks, and the record says which way it was.
  }
}

/** A group that an earlier wrapper has made, when it is there still. */
export function findControlGroup(folder: string): ControlGroup | undefined {
  // The path comes out of a journal: only groups that we name ourselves are ever killed.
  const isOurs = /^\/(?:[^/]+\/)+sallyport-[0-9a-f-]{36}$/.test(folder) && !folder.includes('/../')
  return isOurs && existsSync(join(folder, 'cgroup.kill')) ? groupAt(folder) : undefined
}

function ownGroup(): string | undefined {
  const own = readProc('/proc/self/cgroup')
    ?.split('\n')
    .find((line) => line.startsWith('0::'))
  const mount = readProc('/proc/self/mountinfo')
    ?.split('\n')
    .find((line) => / - cgroup2 /.test(line))
    ?.split(' ')[4]
  if (own === undefined || mount === undefined) return undefined
  const folder = join(mount, own.slice('0::'.length))
  return existsSync(join(folder, 'cgroup.procs')) ? folder : undefined
}

function groupAt(folder: string): ControlGroup {
  return {
    folder,
    processes: () => foldersIn(folder).flatMap(processesOf),
    cpu: () => {
      const stat = readFileSync(join(folder, 'cpu.stat'), 'latin1')
      const value = (name: string) => Number(new RegExp(`^${name} ([0-9]+)$`, 'm').exec(stat)?.[1] ?? 0)
      return { userUs: value('user_usec'), systemUs: value('system_usec') }
    },
    kill: () => writeFileSync(join(folder, 'cgroup.kill'), '1'),
    remove: () => {
      for (const below of foldersIn(folder).toReversed()) remove(below)
    },
  }
}

function foldersIn(folder: string, depth = 0): readonly string[] {
  if (depth > MAX_DEPTH) return []
  try {
    const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    return [folder, ...below.flatMap(({ name }) => foldersIn(join(folder, name), depth + 1))]
  } catch {
    return [] // A group goes away when its maker removes it.
  }
}

function processesOf(folder: string): readonly number[] {
  const text = readProc(join(folder, 'cgroup.procs')) ?? ''
  return text.split('\n').flatMap((line) => (line === '' || line === '0' ? [] : [Number(line)]))
}

function remove(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // A group that is in use, or gone: an empty one costs nothing and goes with the next start of the machine.
  }
}
