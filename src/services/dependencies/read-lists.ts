import { isDependencyFile, MAX_LIST_BYTES, readList } from '../../assessors/dependency/index.ts'
import {
  type Distro,
  type Include,
  type PackageList,
  readOsRelease,
  readPipRequirements,
} from '../../formats/lockfiles/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { DependencyFolder, OpenDependencies } from './ports.ts'

/** Lists of one folder. Environments have some thousand distributions, each with a METADATA. */
const MAX_LISTS = 50_000
/** Files drawn in by others. */
const MAX_INCLUDES = 1000
const MAX_OS_RELEASE_BYTES = 65_536

/** A list with the bytes that it was read from. */
export type ReadList = PackageList & { readonly sizeBytes: number }

/**
 * All lists of packages at a path, those that requirements draw in too. A list that leads out of the folder is not
 * followed; the list that names it says so.
 * @throws SallyportError `BAD_INPUT` when the path cannot be read or there is no list, `TOO_LARGE`
 */
export async function readLists(openPath: OpenDependencies, path: string): Promise<readonly ReadList[]> {
  const { folder, only } = await openPath(path)
  const names = only === undefined ? (await folder.find(isDependencyFile)).map((file) => file.path) : [only]
  if (names.length > MAX_LISTS)
    throw new SallyportError(
      'TOO_LARGE',
      `there are ${names.length} lists of packages in ${path}; ${MAX_LISTS} are read`,
    )
  const lists = new Map<string, ReadList>()
  for (const name of names) {
    const list = await readOne(folder, name)
    if (list === undefined) throw new SallyportError('BAD_INPUT', `cannot read ${name}`)
    lists.set(name, list)
  }
  await followIncludes(folder, lists)
  if (lists.size === 0)
    throw new SallyportError(
      'BAD_INPUT',
      `there is no list of packages in ${path}: no requirements, lock file, bill of materials or installed packages that are known here`,
    )
  return [...lists.values()]
}

async function readOne(
  folder: DependencyFolder,
  path: string,
  as?: 'requirements',
): Promise<ReadList | undefined> {
  const text = await folder.read(path, MAX_LIST_BYTES)
  if (text === undefined) return undefined
  // pip reads what it is told to, whatever its name.
  const list =
    as === undefined
      ? await readList(path, text, await distroOf(folder, path))
      : readPipRequirements(text, path)
  return { ...list, sizeBytes: Buffer.byteLength(text) }
}

/** The release stands in the same file system as the list of its packages. */
async function distroOf(folder: DependencyFolder, path: string): Promise<Distro | undefined> {
  const root = /^(.*?)(?:var\/lib\/dpkg\/status|lib\/apk\/db\/installed|usr\/lib\/apk\/db\/installed)/.exec(
    path,
  )?.[1]
  if (root === undefined) return undefined
  for (const name of ['etc/os-release', 'usr/lib/os-release']) {
    const text = await folder.read(`${root}${name}`, MAX_OS_RELEASE_BYTES)
    if (text !== undefined) return readOsRelease(text)
  }
  return undefined
}

async function followIncludes(folder: DependencyFolder, lists: Map<string, ReadList>): Promise<void> {
  const queue = [...lists.keys()]
  for (let i = 0; i < queue.length && i < MAX_INCLUDES + lists.size; i++)
    queue.push(...(await drawAllIn({ folder, lists, from: queue[i] ?? '' })))
}

/** The lists that one list draws in; what cannot be drawn in becomes a problem of the list. */
async function drawAllIn(about: Drawing): Promise<readonly string[]> {
  const list = about.lists.get(about.from)
  if (list === undefined) return []
  const problems: PackageList['problems'][number][] = []
  const drawn: string[] = []
  for (const include of list.includes) {
    const { target, problem } = await drawIn(about, include)
    if (target !== undefined) drawn.push(target)
    if (problem === undefined) continue
    problems.push(
      include.line === undefined ? { message: problem } : { message: problem, line: include.line },
    )
  }
  if (problems.length > 0) about.lists.set(about.from, { ...list, problems: [...list.problems, ...problems] })
  return drawn
}

interface Drawing {
  readonly folder: DependencyFolder
  readonly lists: Map<string, ReadList>
  readonly from: string
}

async function drawIn(
  about: Drawing,
  include: Include,
): Promise<{ readonly target?: string; readonly problem?: string }> {
  const target = resolveInside(about.from, include.path)
  if (target === undefined)
    return { problem: `${include.path} leads out of the folder, or to another machine; it is not read` }
  if (about.lists.has(target)) return {}
  const read = await readOne(about.folder, target, 'requirements')
  if (read === undefined) return { problem: `${include.path} is drawn in and is not there` }
  // What is drawn in as constraints pins, whatever its name.
  const format = include.kind === 'constraints' ? 'constraints.txt' : 'requirements.txt'
  about.lists.set(target, { ...read, format })
  return { target }
}

/** The path of an include from the folder's root; undefined when it leaves it. */
function resolveInside(from: string, include: string): string | undefined {
  if (/^(?:[a-z][a-z0-9+.-]*:|\/|\\)/i.test(include)) return undefined
  const parts = from.split('/').slice(0, -1)
  for (const part of include.replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.join('/')
}
