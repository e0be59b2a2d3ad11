import { type Component, makeComponent } from '../../ground/domain/index.ts'
import { listOf, recordOf, textOf } from '../../ground/lang/index.ts'
import { hashOf, readHashTable } from './hashes.ts'
import {
  atLine,
  type InstallOption,
  type ListProblem,
  lineFinder,
  MAX_WORD,
  makeList,
  type PackageList,
} from './package-list.ts'
import { readPipRequirements } from './read-pip-requirements.ts'
import type { ParsedFile } from './read-python-locks.ts'

/** `environment.yml`. https://docs.conda.io/projects/conda/en/latest/user-guide/tasks/manage-environments.html */
export function readCondaEnvironment({ path, text, value }: ParsedFile): PackageList {
  const root = recordOf(value)
  const problems: ListProblem[] = []
  const lineOf = lineFinder(text)
  const components: Component[] = []
  const options: InstallOption[] = listOf(root.channels).flatMap((channel) => {
    const name = textOf(channel)
    return name === undefined ? [] : [{ option: 'channel', value: name.slice(0, MAX_WORD) } as const]
  })
  for (const item of listOf(root.dependencies)) {
    if (typeof item === 'string') {
      const component = readMatchSpec(item, path)
      if (component === undefined) problems.push({ message: `it is no package: ${item.slice(0, 80)}` })
      else components.push({ ...component, location: { path, ...atLine(lineOfItem(text, item)) } })
      continue
    }
    const pip = readPipRequirements(listOf(recordOf(item).pip).map(String).join('\n'), path)
    // Lines of the inner list are not lines of this file.
    components.push(
      ...pip.components.map((one) => ({ ...one, location: { path, ...atLine(lineOf('- pip')) } })),
    )
    options.push(...pip.options.map(({ option, value: address }) => ({ option, value: address })))
    problems.push(...pip.problems.map(({ message }) => ({ message })))
  }
  return makeList({ format: 'environment.yml', path, kind: 'manifest' }, { components, options, problems })
}

function lineOfItem(text: string, item: string): number | undefined {
  const at = text.indexOf(item)
  return at < 0 ? undefined : text.slice(0, at).split('\n').length
}

/** `channel::name=version=build`, `name>=1`, `name 1.2.*`. */
function readMatchSpec(spec: string, path: string): Component | undefined {
  const parts = /^(?:([\w./:-]{1,200})::)?([A-Za-z0-9_][\w.-]{0,200})\s*(.{0,500})$/.exec(spec.trim())
  if (parts === null) return undefined
  const [, channel, name = '', rest = ''] = parts
  const constraint = rest.trim()
  // One `=` is a prefix (1.2 matches 1.2.9) unless a build follows; `==` is exact.
  const exact = /^(?:==\s*([\w.!+-]+)|=([\w.!+-]+)=\S+)$/.exec(constraint)
  const version = exact?.[1] ?? exact?.[2]
  return makeComponent({
    type: 'conda',
    name: name.toLowerCase(),
    relation: 'direct',
    location: { path },
    ...(constraint === '' ? {} : { constraint }),
    ...(version === undefined || version.includes('*') ? {} : { version }),
    ...(channel === undefined ? {} : { origin: { kind: 'registry', address: channel } }),
  })
}

/** `conda-lock.yml`. https://conda.github.io/conda-lock/ */
export function readCondaLock({ path, text, value }: ParsedFile): PackageList {
  const lineOf = lineFinder(text)
  const seen = new Map<string, Component>()
  for (const item of listOf(recordOf(value).package)) {
    const entry = recordOf(item)
    const name = textOf(entry.name)
    const version = textOf(entry.version)
    if (name === undefined || version === undefined) continue
    const type = entry.manager === 'pip' ? 'pypi' : 'conda'
    const component = makeComponent({
      type,
      name,
      version,
      hashes: readHashTable(entry.hash),
      dependsOn: Object.keys(recordOf(entry.dependencies)).filter((other) => !other.startsWith('__')),
      location: { path, ...atLine(lineOf(name)) },
      ...(entry.category === 'dev' ? { isDevelopment: true } : {}),
    })
    // The same package stands there once a platform.
    const before = seen.get(component.purl)
    seen.set(
      component.purl,
      before === undefined ? component : { ...before, hashes: [...before.hashes, ...component.hashes] },
    )
  }
  return makeList({ format: 'conda-lock.yml', path, kind: 'lock' }, { components: [...seen.values()] })
}

/** `@EXPLICIT`: one address a line, with an MD5 or a SHA-256 behind `#`. */
export function readCondaExplicit(text: string, path: string): PackageList {
  const problems: ListProblem[] = []
  const components = text.split(/\r?\n/).flatMap((raw, i) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith('@')) return []
    const [address = '', hash = ''] = line.split('#', 2)
    const parts = /\/([^/]{1,200})-([^-/]+)-[^-/]+\.(?:conda|tar\.bz2)$/.exec(address)
    if (parts === null) {
      problems.push({ message: `it is no address of a conda package: ${line.slice(0, 80)}`, line: i + 1 })
      return []
    }
    const digits = hash.replace(/^sha256:/, '')
    const known = hashOf(digits.length === 64 ? 'sha256' : 'md5', digits)
    return makeComponent({
      type: 'conda',
      name: parts[1] ?? '',
      version: parts[2] ?? '',
      hashes: known === undefined ? [] : [known],
      location: { path, line: i + 1 },
    })
  })
  return makeList({ format: 'conda explicit list', path, kind: 'lock' }, { components, problems })
}
