import { type Component, makeComponent } from '../../ground/domain/index.ts'
import { listOf, recordOf, textOf } from '../../ground/lang/index.ts'
import {
  atLine,
  type InstallOption,
  type ListProblem,
  lineFinder,
  makeList,
  type PackageList,
} from './package-list.ts'
import type { ParsedFile } from './read-python-locks.ts'
import { componentOfRequirement, originOf, readRequirement, withoutPassword } from './requirement.ts'

/** What a project asks for: PEP 621, PEP 735 groups, the build system, and Poetry's own table. */
export function readPyproject({ path, text, value }: ParsedFile): PackageList {
  const root = recordOf(value)
  const project = recordOf(root.project)
  const poetry = recordOf(recordOf(root.tool).poetry)
  const uv = recordOf(recordOf(root.tool).uv)
  const problems: ListProblem[] = []
  const lineOf = lineFinder(text)
  const read = (items: unknown, isDevelopment: boolean): readonly Component[] =>
    listOf(items).flatMap((item) => {
      if (typeof item !== 'string') return []
      const requirement = readRequirement(item)
      if (requirement === undefined) {
        problems.push({ message: `it is no requirement: ${item.slice(0, 80)}` })
        return []
      }
      const line = lineOfQuoted(text, item) ?? lineOf(requirement.name)
      return componentOfRequirement(
        requirement,
        { path, ...atLine(line) },
        isDevelopment ? { isDevelopment } : {},
      )
    })
  const groups = Object.values(recordOf(root['dependency-groups']))
  const components = [
    ...read(project.dependencies, false),
    ...Object.values(recordOf(project['optional-dependencies'])).flatMap((items) => read(items, false)),
    ...groups.flatMap((items) => read(items, true)),
    ...read(recordOf(root['build-system']).requires, true),
    ...readPoetry(poetry, path, lineOf),
  ]
  return makeList(
    { format: 'pyproject.toml', path, kind: 'manifest' },
    { components, problems, options: [...sourcesOf(poetry.source, 1), ...sourcesOf(uv.index, 1)] },
  )
}

function lineOfQuoted(text: string, item: string): number | undefined {
  const at = text.indexOf(item)
  return at < 0 ? undefined : text.slice(0, at).split('\n').length
}

/** A second source is searched beside PyPI, unless it is said to stand alone. */
function sourcesOf(sources: unknown, from: number): readonly InstallOption[] {
  return listOf(sources).flatMap((source, i) => {
    const { url, priority, default: isDefault, explicit } = recordOf(source)
    const value = withoutPassword(textOf(url) ?? '')
    if (value === '' || priority === 'explicit' || explicit === true) return []
    const isOnly = isDefault === true || priority === 'primary' || priority === 'default'
    return [{ option: isOnly && i < from ? '--index-url' : '--extra-index-url', value } as const]
  })
}

function readPoetry(
  poetry: Readonly<Record<string, unknown>>,
  path: string,
  lineOf: (word: string) => number | undefined,
): readonly Component[] {
  const groups = Object.values(recordOf(poetry.group)).map((group) => recordOf(group).dependencies)
  const tables = [poetry.dependencies, poetry['dev-dependencies'], ...groups]
  return tables.flatMap((table, i) =>
    Object.entries(recordOf(table))
      .filter(([name]) => name !== 'python')
      .map(([name, value]) => poetryComponent(name, value, { path, ...atLine(lineOf(name)) }, i > 0)),
  )
}

function poetryComponent(
  name: string,
  value: unknown,
  location: Component['location'],
  isDevelopment: boolean,
): Component {
  const entry = recordOf(value)
  const constraint = textOf(value) ?? textOf(entry.version)
  const git = textOf(entry.git)
  const address =
    git === undefined ? (textOf(entry.url) ?? textOf(entry.path)) : `git+${git}@${textOf(entry.rev) ?? ''}`
  // A bare version means exactly that one here: https://python-poetry.org/docs/dependency-specification/
  const version = /^(?:==\s*)?(\d[0-9A-Za-z.!+-]*)$/.exec(constraint ?? '')?.[1]
  return makeComponent({
    type: 'pypi',
    name,
    relation: 'direct',
    location,
    ...(constraint === undefined ? {} : { constraint }),
    ...(version === undefined ? {} : { version }),
    ...(address === undefined ? {} : { origin: originOf(address) }),
    ...(isDevelopment ? { isDevelopment } : {}),
    ...(entry.develop === true ? { isEditable: true } : {}),
  })
}

/** `METADATA` of an installed distribution. https://packaging.python.org/en/latest/specifications/core-metadata/ */
export function readDistMetadata(text: string, path: string): PackageList {
  const head = text.slice(0, text.search(/\r?\n\r?\n|$(?![\s\S])/))
  const fields = (name: string) =>
    [...head.matchAll(new RegExp(`^${name}:[ \\t]*(.{1,1000})$`, 'gim'))].map(([, value = '']) =>
      value.trim(),
    )
  const [name] = fields('Name')
  const [version] = fields('Version')
  const list = { format: 'METADATA', path, kind: 'installed' } as const
  if (name === undefined || version === undefined)
    return makeList(list, { problems: [{ message: 'it says no name and version' }] })
  const dependsOn = fields('Requires-Dist').flatMap((item) => {
    const requirement = readRequirement(item)
    return requirement === undefined || /\bextra\s*==/.test(requirement.marker ?? '') ? [] : requirement.name
  })
  return makeList(list, {
    components: [makeComponent({ type: 'pypi', name, version, dependsOn, location: { path } })],
  })
}
