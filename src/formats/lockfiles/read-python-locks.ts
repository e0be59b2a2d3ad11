import {
  type Component,
  type ComponentHash,
  type ComponentOrigin,
  makeComponent,
  normalPypiName,
} from '../../ground/domain/index.ts'
import { listOf, recordOf, textOf } from '../../ground/lang/index.ts'
import { distinctHashes, readColonHash, readHashTable } from './hashes.ts'
import { atLine, lineFinder, makeList, type PackageList } from './package-list.ts'
import { originOf, readRequirement, withoutPassword } from './requirement.ts'

/** A lock file, parsed: what the readers of structured lists take. */
export interface ParsedFile {
  readonly path: string
  /** As it stands, for line numbers only. */
  readonly text: string
  readonly value: unknown
}

interface LockedPackage {
  readonly name: string
  readonly version?: string | undefined
  readonly hashes: readonly ComponentHash[]
  readonly dependsOn: readonly string[]
  readonly origin?: ComponentOrigin | undefined
  readonly isEditable?: boolean
  readonly isDevelopment?: boolean
  readonly relation?: Component['relation']
}

function lockOf(file: ParsedFile, format: string, packages: readonly LockedPackage[]): PackageList {
  const lineOf = lineFinder(file.text)
  const components = packages.map(({ name, version, origin, isEditable, isDevelopment, ...rest }) =>
    makeComponent({
      type: 'pypi',
      name,
      ...rest,
      ...(version === undefined ? {} : { version }),
      ...(origin === undefined ? {} : { origin }),
      ...(isEditable === true ? { isEditable } : {}),
      ...(isDevelopment === true ? { isDevelopment } : {}),
      location: { path: file.path, ...atLine(lineOf(name)) },
    }),
  )
  const named = packages.length > 0 || Object.keys(recordOf(file.value)).length > 0
  return makeList(
    { format, path: file.path, kind: 'lock' },
    { components, problems: named ? [] : [{ message: `it holds nothing that a ${format} holds` }] },
  )
}

/** Pipenv's lock. https://pipenv.pypa.io */
export function readPipfileLock(file: ParsedFile): PackageList {
  const root = recordOf(file.value)
  const packages = (['default', 'develop'] as const).flatMap((group) =>
    Object.entries(recordOf(root[group])).map(([name, value]): LockedPackage => {
      const entry = recordOf(value)
      const git = textOf(entry.git)
      const path = textOf(entry.path) ?? textOf(entry.file)
      const reference = git === undefined ? undefined : `git+${git}@${textOf(entry.ref) ?? ''}`
      const address = reference ?? path
      return {
        name,
        version: textOf(entry.version)?.replace(/^={2,3}/, ''),
        hashes: listOf(entry.hashes).flatMap(readColonHash),
        dependsOn: [],
        origin: address === undefined ? undefined : originOf(address),
        isEditable: entry.editable === true,
        isDevelopment: group === 'develop',
      }
    }),
  )
  const options = listOf(recordOf(root._meta).sources).flatMap((source, i) => {
    const { url, verify_ssl } = recordOf(source)
    const value = withoutPassword(textOf(url) ?? '')
    return [
      { option: i === 0 ? '--index-url' : '--extra-index-url', value } as const,
      ...(verify_ssl === false ? [{ option: '--trusted-host', value } as const] : []),
    ]
  })
  return { ...lockOf(file, 'Pipfile.lock', packages), options }
}

/** Poetry's lock, versions 1.0 to 2.1. https://python-poetry.org */
export function readPoetryLock(file: ParsedFile): PackageList {
  const root = recordOf(file.value)
  // Until 1.1 the files of all packages stood in one table at the end.
  const oldFiles = recordOf(recordOf(root.metadata).files)
  const packages = listOf(root.package).map((value): LockedPackage => {
    const entry = recordOf(value)
    const name = textOf(entry.name) ?? ''
    const files = entry.files ?? oldFiles[name]
    return {
      name,
      version: textOf(entry.version),
      hashes: distinctHashes(listOf(files).flatMap((item) => readColonHash(recordOf(item).hash))),
      dependsOn: Object.keys(recordOf(entry.dependencies)),
      origin: originOfPoetry(recordOf(entry.source)),
      isEditable: entry.develop === true,
      isDevelopment: entry.category === 'dev' || isDevelopmentGroup(entry.groups),
    }
  })
  return lockOf(file, 'poetry.lock', packages)
}

function originOfPoetry(source: Readonly<Record<string, unknown>>): ComponentOrigin | undefined {
  const url = textOf(source.url)
  if (url === undefined) return undefined
  if (source.type === 'legacy') return { kind: 'registry', address: withoutPassword(url) }
  if (source.type !== 'git') return originOf(url)
  return originOf(`git+${url}@${textOf(source.resolved_reference) ?? ''}`)
}

function isDevelopmentGroup(groups: unknown): boolean {
  const names = listOf(groups)
  return names.length > 0 && names.every((name) => /^(?:dev|test|tests|docs|lint)$/.test(String(name)))
}

/** uv's lock. https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile */
export function readUvLock(file: ParsedFile): PackageList {
  const entries = listOf(recordOf(file.value).package).map(recordOf)
  const isRoot = ({ source }: Readonly<Record<string, unknown>>) => {
    const { virtual, editable } = recordOf(source)
    return virtual === '.' || editable === '.'
  }
  const direct = new Set(
    entries
      .filter(isRoot)
      .flatMap((root) =>
        [
          ...listOf(root.dependencies),
          ...Object.values(recordOf(root['optional-dependencies'])).flatMap(listOf),
          ...Object.values(recordOf(root['dev-dependencies'])).flatMap(listOf),
        ].map((item) => textOf(recordOf(item).name)),
      ),
  )
  const packages = entries
    .filter((entry) => !isRoot(entry))
    .map((entry): LockedPackage => {
      const name = textOf(entry.name) ?? ''
      const files = [entry.sdist, ...listOf(entry.wheels)].map((item) => recordOf(item).hash)
      return {
        name,
        version: textOf(entry.version),
        hashes: distinctHashes(files.flatMap(readColonHash)),
        dependsOn: listOf(entry.dependencies).flatMap((item) => textOf(recordOf(item).name) ?? []),
        origin: originOfUv(recordOf(entry.source)),
        isEditable: textOf(recordOf(entry.source).editable) !== undefined,
        relation: direct.has(name) ? 'direct' : direct.size === 0 ? 'unknown' : 'transitive',
      }
    })
  return lockOf(file, 'uv.lock', packages)
}

function originOfUv(source: Readonly<Record<string, unknown>>): ComponentOrigin | undefined {
  const registry = textOf(source.registry)
  if (registry !== undefined) return { kind: 'registry', address: withoutPassword(registry) }
  const git = textOf(source.git)
  if (git !== undefined) {
    const [address = '', commit] = git.split('#', 2)
    return originOf(`git+${address.replace(/\?.*$/, '')}@${commit ?? ''}`)
  }
  const other = ['url', 'path', 'directory', 'editable', 'virtual'].flatMap(
    (key) => textOf(source[key]) ?? [],
  )[0]
  return other === undefined ? undefined : originOf(other)
}

/** PDM's lock. https://pdm-project.org */
export function readPdmLock(file: ParsedFile): PackageList {
  const packages = listOf(recordOf(file.value).package).map((value): LockedPackage => {
    const entry = recordOf(value)
    const git = textOf(entry.git)
    const other = textOf(entry.url) ?? textOf(entry.path)
    return {
      name: textOf(entry.name) ?? '',
      version: textOf(entry.version),
      hashes: distinctHashes(listOf(entry.files).flatMap((item) => readColonHash(recordOf(item).hash))),
      dependsOn: listOf(entry.dependencies).flatMap((item) => readRequirement(String(item))?.name ?? []),
      origin:
        git === undefined
          ? other === undefined
            ? undefined
            : originOf(other)
          : originOf(`git+${git}@${textOf(entry.revision) ?? ''}`),
      isEditable: entry.editable === true,
      isDevelopment: isDevelopmentGroup(entry.groups),
    }
  })
  return lockOf(file, 'pdm.lock', packages)
}

/** `pylock.toml`. https://peps.python.org/pep-0751/ */
export function readPylock(file: ParsedFile): PackageList {
  const packages = listOf(recordOf(file.value).packages).map((value): LockedPackage => {
    const entry = recordOf(value)
    const artifacts = [entry.sdist, entry.archive, ...listOf(entry.wheels)].map(recordOf)
    return {
      name: normalPypiName(textOf(entry.name) ?? ''),
      version: textOf(entry.version),
      hashes: distinctHashes(artifacts.flatMap(({ hashes }) => readHashTable(hashes))),
      dependsOn: listOf(entry.dependencies).flatMap((item) => textOf(recordOf(item).name) ?? []),
      origin: originOfPylock(entry),
      isEditable: recordOf(entry.directory).editable === true,
    }
  })
  return lockOf(file, 'pylock.toml', packages)
}

function originOfPylock(entry: Readonly<Record<string, unknown>>): ComponentOrigin | undefined {
  const vcs = recordOf(entry.vcs)
  const vcsUrl = textOf(vcs.url) ?? textOf(vcs.path)
  if (vcsUrl !== undefined)
    return originOf(`${textOf(vcs.type) ?? 'git'}+${vcsUrl}@${textOf(vcs['commit-id']) ?? ''}`)
  const directory = textOf(recordOf(entry.directory).path)
  if (directory !== undefined) return { kind: 'path', address: directory }
  const archive = textOf(recordOf(entry.archive).url)
  if (archive !== undefined) return originOf(archive)
  const index = textOf(entry.index)
  return index === undefined ? undefined : { kind: 'registry', address: withoutPassword(index) }
}
