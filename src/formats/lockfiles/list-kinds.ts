import { makeList, type PackageList } from './package-list.ts'
import { readCondaEnvironment, readCondaExplicit, readCondaLock } from './read-conda.ts'
import { readPackageJson, readPackageLock, readPnpmLock } from './read-npm.ts'
import { readPipRequirements } from './read-pip-requirements.ts'
import {
  type ParsedFile,
  readPdmLock,
  readPipfileLock,
  readPoetryLock,
  readPylock,
  readUvLock,
} from './read-python-locks.ts'
import { readDistMetadata, readPyproject } from './read-python-manifests.ts'
import { type Distro, readApkInstalled, readDpkgStatus } from './read-system.ts'
import { readYarnBerry, readYarnLock } from './read-yarn.ts'

/** A file that lists packages, known by its name. Who parses YAML and TOML is the caller: format rooms are strangers. */
export type ListKind =
  | {
      readonly format: string
      readonly path: RegExp
      readonly syntax: 'text'
      readonly read: (text: string, path: string, distro?: Distro) => PackageList
    }
  | {
      readonly format: string
      readonly path: RegExp
      readonly syntax: 'json' | 'yaml' | 'toml'
      readonly read: (file: ParsedFile) => PackageList
    }

/** Every list that is understood. The first whose name fits counts; one line here adds another. */
const LIST_KINDS: readonly ListKind[] = [
  { format: 'Pipfile.lock', path: /(?:^|\/)Pipfile\.lock$/, syntax: 'json', read: readPipfileLock },
  { format: 'poetry.lock', path: /(?:^|\/)poetry\.lock$/, syntax: 'toml', read: readPoetryLock },
  { format: 'uv.lock', path: /(?:^|\/)uv\.lock$/, syntax: 'toml', read: readUvLock },
  { format: 'pdm.lock', path: /(?:^|\/)pdm\.lock$/, syntax: 'toml', read: readPdmLock },
  { format: 'pylock.toml', path: /(?:^|\/)pylock(?:\.[^/.]+)?\.toml$/, syntax: 'toml', read: readPylock },
  { format: 'pyproject.toml', path: /(?:^|\/)pyproject\.toml$/, syntax: 'toml', read: readPyproject },
  { format: 'conda-lock.yml', path: /(?:^|\/)conda-lock\.ya?ml$/, syntax: 'yaml', read: readCondaLock },
  {
    format: 'environment.yml',
    path: /(?:^|\/)(?:conda|environment|conda[-_]env)[\w.-]*\.ya?ml$/,
    syntax: 'yaml',
    read: readCondaEnvironment,
  },
  { format: 'METADATA', path: /(?:^|\/)[^/]+\.dist-info\/METADATA$/, syntax: 'text', read: readDistMetadata },
  { format: 'package.json', path: /(?:^|\/)package\.json$/, syntax: 'json', read: readPackageJson },
  {
    format: 'package-lock.json',
    path: /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/,
    syntax: 'json',
    read: readPackageLock,
  },
  { format: 'pnpm-lock.yaml', path: /(?:^|\/)pnpm-lock\.ya?ml$/, syntax: 'yaml', read: readPnpmLock },
  {
    format: 'dpkg status',
    path: /(?:^|\/)dpkg\/status(?:\.d\/[^/]+)?$/,
    syntax: 'text',
    read: readDpkgStatus,
  },
  { format: 'apk installed', path: /(?:^|\/)apk\/db\/installed$/, syntax: 'text', read: readApkInstalled },
  {
    format: 'requirements.txt',
    path: /(?:^|\/)(?:[^/]*(?:requirements?|constraints?)[^/]*\.(?:txt|in|pip)|requirements?\/[^/]+\.(?:txt|in))$/i,
    syntax: 'text',
    read: (text, path) =>
      /^\s*@EXPLICIT\s*$/m.test(text) ? readCondaExplicit(text, path) : readPipRequirements(text, path),
  },
  {
    format: 'conda explicit list',
    path: /(?:^|\/)(?:spec-file|explicit|conda-[\w-]+)[^/]*\.(?:txt|lock)$/,
    syntax: 'text',
    read: readCondaExplicit,
  },
]

/** Yarn 1 and yarn 2 write different formats into files of one name. */
const YARN: ListKind = {
  format: 'yarn.lock',
  path: /(?:^|\/)yarn\.lock$/,
  syntax: 'text',
  read: readYarnLock,
}
const YARN_BERRY: ListKind = { ...YARN, syntax: 'yaml', read: readYarnBerry }

/** Whether a file of this name is a list of packages. */
export function isPackageList(path: string): boolean {
  return YARN.path.test(path) || LIST_KINDS.some((kind) => kind.path.test(path))
}

/** What kind of list a file is, by its name and, where two share it, by what it begins with. */
export function kindOfList(path: string, text: string): ListKind | undefined {
  if (YARN.path.test(path)) return /^__metadata:/m.test(text.slice(0, 4000)) ? YARN_BERRY : YARN
  return LIST_KINDS.find((kind) => kind.path.test(path))
}

/** A list that could not be read at all, with the reason: its packages are unknown, which is not none. */
export function unreadableList(format: string, path: string, message: string): PackageList {
  return makeList({ format, path, kind: 'lock' }, { problems: [{ message }] })
}
