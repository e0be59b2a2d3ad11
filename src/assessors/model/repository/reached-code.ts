import type { PythonEvent, PythonView } from '../../../formats/python/index.ts'
import { judgePython } from '../python/judge-python.ts'
import { isLoaderHook } from '../python/loader-hooks.ts'
import type { PythonAct, PythonRole } from '../subjects/python-subject.ts'
import type { RepositoryPython } from '../subjects/repository-subject.ts'

/** A Python file that was read. */
export interface ReadPython {
  readonly view: PythonView
  readonly role: PythonRole
}

/** Files through which a call is followed. */
const MAX_ROUNDS = 4
const LEVELS = ['note', 'suspicious', 'malicious'] as const

type Reached = ReadonlyMap<string, 'import' | 'loader'>

/** Judges all Python of a repository together: a function counts as run when another file calls it on import or in a loader. */
export function judgeTogether(files: ReadonlyMap<string, ReadPython>): ReadonlyMap<string, RepositoryPython> {
  const reached = new Map<string, Map<string, 'import' | 'loader'>>()
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let isNew = false
    for (const [name, file] of files) isNew = spread({ files, reached }, name, file) || isNew
    if (!isNew) break
  }
  const imported = importedFiles(files)
  return new Map(
    [...files].map(([name, file]) => [
      name,
      judgeReached(file, reached.get(name) ?? new Map(), imported.has(name)),
    ]),
  )
}

/** Files that a loaded file imports, and what those import: a program by its looks, they run by being imported. */
function importedFiles(files: ReadonlyMap<string, ReadPython>): ReadonlySet<string> {
  const found = new Set<string>()
  const open = [...files].filter(([, { role }]) => role === 'loaded').map(([name]) => name)
  for (let name = open.pop(); name !== undefined; name = open.pop())
    for (const file of importsOf(files, name)) {
      if (found.has(file)) continue
      found.add(file)
      open.push(file)
    }
  return found
}

/** Files that importing a file imports. A function may import a program that it would start: that is another matter. */
function importsOf(files: ReadonlyMap<string, ReadPython>, from: string): string[] {
  const imports = files.get(from)?.view.imports.filter(({ phase }) => phase === 'import') ?? []
  return imports
    .flatMap(({ module, name = '' }) => [module, `${module}${module.endsWith('.') ? '' : '.'}${name}`])
    .flatMap((path) => targetOf(files, from, `${path}.x`)?.file ?? [])
}

function judgeReached({ view, role }: ReadPython, own: Reached, isImported: boolean): RepositoryPython {
  const acts = judgePython(view, role)
  const inside = isImported && role === 'script' ? 'loaded' : role
  const isSame = own.size === 0 && inside === role
  return { view, role, acts, reached: isSame ? [] : worse(acts, judgePython(view, inside, own)) }
}

interface Spread {
  readonly files: ReadonlyMap<string, ReadPython>
  readonly reached: Map<string, Map<string, 'import' | 'loader'>>
}

/** Notes which functions of other files this one calls where it counts; true when that was news. */
function spread({ files, reached }: Spread, name: string, { view, role }: ReadPython): boolean {
  if (role !== 'loaded') return false
  let isNew = false
  for (const event of view.events) {
    const moment = momentOf(event, role, reached.get(name))
    const target = moment === undefined ? undefined : targetOf(files, name, event.callee)
    if (moment === undefined || target === undefined || target.file === name) continue
    const known = reached.get(target.file) ?? new Map<string, 'import' | 'loader'>()
    reached.set(target.file, known)
    if (known.has(target.root)) continue
    known.set(target.root, moment)
    isNew = true
  }
  return isNew
}

function momentOf(
  event: PythonEvent,
  role: PythonRole,
  own: Reached | undefined,
): 'import' | 'loader' | undefined {
  if (event.phase === 'import') return 'import'
  if (event.phase !== 'later') return undefined
  return own?.get(event.root) ?? (isLoaderHook(event, role) ? 'loader' : undefined)
}

/** `.helper.run`, `helper.run` and `package.helper.Class` as file and function. */
function targetOf(
  files: ReadonlyMap<string, ReadPython>,
  from: string,
  callee: string,
): { readonly file: string; readonly root: string } | undefined {
  if (!callee.includes('.')) return undefined
  const dots = /^\.*/.exec(callee)?.[0].length ?? 0
  const parts = callee.slice(dots).replaceAll('()', '').split('.')
  let folder = folderOf(from)
  for (let up = 1; up < dots; up++) folder = folderOf(folder.slice(0, -1))
  for (let length = parts.length - 1; length > 0 && length > parts.length - 4; length--) {
    const file = `${folder}${parts.slice(0, length).join('/')}.py`
    if (files.has(file)) return { file, root: parts.slice(length).join('.') }
  }
  return undefined
}

/** With its slash; empty for the outermost. */
export function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1)
}

function worse(before: readonly PythonAct[], after: readonly PythonAct[]): readonly PythonAct[] {
  const levels = new Map(before.map((act) => [act.event.offset, LEVELS.indexOf(act.level)]))
  return after.filter(
    (act) => LEVELS.indexOf(act.level) > (levels.get(act.event.offset) ?? -1) && act.level !== 'note',
  )
}
