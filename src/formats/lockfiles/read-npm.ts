import { type Component, type ComponentOrigin, makeComponent } from '../../ground/domain/index.ts'
import { recordOf, textOf } from '../../ground/lang/index.ts'
import { readIntegrity } from './hashes.ts'
import { atLine, lineFinder, makeList, type PackageList } from './package-list.ts'
import type { ParsedFile } from './read-python-locks.ts'
import { originOf, withoutPassword } from './requirement.ts'

type Json = Readonly<Record<string, unknown>>

/** Dependencies inside dependencies of a lock of version 1. npm nests as deep as its conflicts; real trees have ten levels. */
const MAX_NESTING = 64

/** Scripts that `npm install` runs by itself. https://docs.npmjs.com/cli/using-npm/scripts */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare']

/** What an address of npm is, when it is not the registry's own. */
export function originOfNpm(address: string | undefined): ComponentOrigin | undefined {
  if (address === undefined) return undefined
  if (/^https?:\/\/[^/]+\/.*\/-\/[^/]+\.tgz(?:[?#]|$)/.test(address))
    return { kind: 'registry', address: withoutPassword(/^https?:\/\/[^/]+/.exec(address)?.[0] ?? address) }
  const git = /^(?:git\+|git:|git@|github:|gitlab:|bitbucket:)|\.git(?:#|$)/.test(address)
  if (git || /^[\w.-]+\/[\w.-]+(?:#.+)?$/.test(address)) {
    const commit = /#([0-9a-f]{40})$/.exec(address)?.[1]
    return { kind: 'vcs', address: withoutPassword(address), ...(commit === undefined ? {} : { commit }) }
  }
  return originOf(address.replace(/^(?:file|link|workspace|portal):/, 'file:'))
}

/** `package.json`: what a project asks for, and the scripts of its own installation. */
export function readPackageJson({ path, text, value }: ParsedFile): PackageList {
  const root = recordOf(value)
  const lineOf = lineFinder(text)
  const fields = ['dependencies', 'optionalDependencies', 'peerDependencies', 'devDependencies'] as const
  const components = fields.flatMap((field) =>
    Object.entries(recordOf(root[field])).map(([name, wanted]) => {
      const alias = /^npm:(@?[^@]+)@(.+)$/.exec(String(wanted))
      const constraint = alias?.[2] ?? String(wanted).slice(0, 500)
      const version = /^=?\s*v?(\d+\.\d+\.\d+[0-9A-Za-z.+-]*)$/.exec(constraint)?.[1]
      const origin = /[/:]/.test(constraint) ? originOfNpm(constraint) : undefined
      return makeComponent({
        type: 'npm',
        name: alias?.[1] ?? name,
        constraint,
        relation: 'direct',
        location: { path, ...atLine(lineOf(name)) },
        ...(version === undefined ? {} : { version }),
        ...(origin === undefined ? {} : { origin }),
        ...(field === 'devDependencies' ? { isDevelopment: true } : {}),
      })
    }),
  )
  const scripts = Object.entries(recordOf(root.scripts))
    .filter(([name]) => INSTALL_SCRIPTS.includes(name))
    .map(([name, command]) => ({ name, command: String(command).slice(0, 1000), ...atLine(lineOf(name)) }))
  return makeList({ format: 'package.json', path, kind: 'manifest' }, { components, scripts })
}

/** `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3. https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
export function readPackageLock({ path, text, value }: ParsedFile): PackageList {
  const root = recordOf(value)
  const place = { path, lineOf: lineFinder(text) }
  const head = { format: 'package-lock.json', path, kind: 'lock' } as const
  if (root.packages === undefined && root.dependencies === undefined && root.lockfileVersion === undefined)
    return makeList(head, { problems: [{ message: 'it holds neither packages nor dependencies' }] })
  const components =
    root.packages === undefined
      ? readNested(recordOf(root.dependencies), place, 0)
      : readFlat(recordOf(root.packages), place)
  return makeList(head, { components })
}

interface Place {
  readonly path: string
  readonly lineOf: (word: string) => number | undefined
}

function readFlat(packages: Json, place: Place): readonly Component[] {
  const root = recordOf(packages[''])
  const direct = new Set(
    ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].flatMap((field) =>
      Object.keys(recordOf(root[field])),
    ),
  )
  return Object.entries(packages).flatMap(([key, value]) => {
    const entry = recordOf(value)
    // The project itself, its workspaces, and links to them.
    if (!key.includes('node_modules/') || entry.link === true) return []
    const name = textOf(entry.name) ?? key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const isTop = key === `node_modules/${name}`
    return locked(name, entry, {
      place,
      key,
      relation: isTop && direct.has(name) ? 'direct' : 'transitive',
      dependsOn: [
        ...Object.keys(recordOf(entry.dependencies)),
        ...Object.keys(recordOf(entry.optionalDependencies)),
      ],
    })
  })
}

function readNested(dependencies: Json, place: Place, depth: number): readonly Component[] {
  if (depth > MAX_NESTING) return []
  return Object.entries(dependencies).flatMap(([name, value]) => {
    const entry = recordOf(value)
    const dependsOn = Object.keys(recordOf(entry.requires))
    return [
      locked(name, entry, { place, key: name, relation: 'unknown', dependsOn }),
      ...readNested(recordOf(entry.dependencies), place, depth + 1),
    ]
  })
}

function locked(
  name: string,
  entry: Json,
  about: {
    readonly place: Place
    readonly key: string
    readonly relation: Component['relation']
    readonly dependsOn: readonly string[]
  },
): Component {
  const { place, key, relation, dependsOn } = about
  const written = textOf(entry.version)
  // Version 1 writes the address of a repository or a file in place of a version.
  const isVersion = written !== undefined && /^\d+\.\d+\.\d+/.test(written)
  const origin = originOfNpm(textOf(entry.resolved) ?? (isVersion ? undefined : written))
  return makeComponent({
    type: 'npm',
    name,
    relation,
    dependsOn,
    hashes: readIntegrity(entry.integrity),
    location: { path: place.path, ...atLine(place.lineOf(key)) },
    ...(isVersion ? { version: written } : {}),
    ...(origin === undefined ? {} : { origin }),
    ...(entry.dev === true ? { isDevelopment: true } : {}),
    ...(entry.hasInstallScript === true ? { hasInstallScript: true } : {}),
  })
}

/** `pnpm-lock.yaml`, versions 5 to 9. https://pnpm.io */
export function readPnpmLock({ path, text, value }: ParsedFile): PackageList {
  const root = recordOf(value)
  const lineOf = lineFinder(text)
  const importers = Object.values(recordOf(root.importers))
  const direct = new Set(
    [root, ...importers.map(recordOf)].flatMap((importer) =>
      ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((field) =>
        Object.entries(recordOf(importer[field])).map(
          ([name, wanted]) => `${name}@${String(recordOf(wanted).version ?? wanted).replace(/[(_].*$/, '')}`,
        ),
      ),
    ),
  )
  // Since version 9 the graph stands apart from the packages.
  const snapshots = recordOf(root.snapshots)
  const components = Object.entries(recordOf(root.packages)).flatMap(([key, item]) => {
    const named = namedByPnpm(key, recordOf(item))
    if (named === undefined) return []
    return makeComponent({
      type: 'npm',
      ...named,
      relation: direct.has(`${named.name}@${named.version}`) ? 'direct' : 'transitive',
      dependsOn: Object.keys(recordOf(recordOf(snapshots[key] ?? item).dependencies)),
      location: { path, ...atLine(lineOf(key)) },
      ...pnpmParts(recordOf(item)),
    })
  })
  return makeList({ format: 'pnpm-lock.yaml', path, kind: 'lock' }, { components })
}

/** `/name/1.0.0`, `/name@1.0.0(peer)`, `@scope/name@1.0.0`, or an address with the name inside. */
function namedByPnpm(key: string, entry: Json): { name: string; version?: string } | undefined {
  const named = /^\/?(@[^/]+\/[^@/]+|[^@/]+)[@/]([^(_]+)/.exec(key)
  const name = textOf(entry.name) ?? named?.[1]
  const version = textOf(entry.version) ?? named?.[2]
  if (name === undefined) return undefined
  return { name, ...(version !== undefined && /^\d/.test(version) ? { version } : {}) }
}

function pnpmParts(entry: Json): Partial<Component> {
  const resolution = recordOf(entry.resolution)
  const address = textOf(resolution.repo) ?? textOf(resolution.tarball)
  const commit = textOf(resolution.commit)
  const origin =
    address === undefined
      ? undefined
      : originOfNpm(commit === undefined ? address : `git+${address}#${commit}`)
  return {
    hashes: readIntegrity(resolution.integrity),
    ...(origin === undefined ? {} : { origin }),
    ...(entry.requiresBuild === true ? { hasInstallScript: true } : {}),
    ...(entry.dev === true ? { isDevelopment: true } : {}),
  }
}
