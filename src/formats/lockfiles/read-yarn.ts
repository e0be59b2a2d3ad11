import { type Component, makeComponent } from '../../ground/domain/index.ts'
import { recordOf, textOf } from '../../ground/lang/index.ts'
import { hashOf, readIntegrity } from './hashes.ts'
import { type ListProblem, makeList, type PackageList } from './package-list.ts'
import { originOfNpm } from './read-npm.ts'
import type { ParsedFile } from './read-python-locks.ts'

/** Lines that are read. Each package has about six. */
const MAX_LINES = 2_000_000

interface Entry {
  readonly name: string
  readonly line: number
  readonly fields: Map<string, string>
  readonly dependsOn: string[]
}

/** `yarn.lock` of yarn 1: a format of its own, by indentation. https://classic.yarnpkg.com/lang/en/docs/yarn-lock/ */
export function readYarnLock(text: string, path: string): PackageList {
  const entries: Entry[] = []
  const problems: ListProblem[] = []
  let section = ''
  for (const [i, raw] of text.split(/\r?\n/, MAX_LINES).entries()) {
    if (raw.trim() === '' || raw.startsWith('#')) continue
    const entry = entries.at(-1)
    if (!raw.startsWith(' ')) {
      const name = nameOfSelector(raw)
      if (name === undefined) problems.push({ message: `it is no entry: ${raw.slice(0, 80)}`, line: i + 1 })
      else entries.push({ name, line: i + 1, fields: new Map(), dependsOn: [] })
      section = ''
    } else if (entry !== undefined && /^ {2}\S/.test(raw)) section = readField(raw.trim(), entry)
    else if (entry !== undefined && /ependencies$/.test(section))
      entry.dependsOn.push(unquote(raw.trim().split(/\s+/, 1)[0] ?? ''))
  }
  return makeList(
    { format: 'yarn.lock', path, kind: 'lock' },
    { components: entries.map((entry) => componentOf(entry, path)), problems },
  )
}

function readField(line: string, entry: Entry): string {
  const [key = ''] = line.split(/[\s:]/, 1)
  const value = line.slice(key.length).trim()
  if (value === ':' || value === '') return key
  entry.fields.set(key, unquote(value))
  return ''
}

/** `"@babel/core@^7.0.0", "@babel/core@^7.1.0":` is @babel/core. */
function nameOfSelector(line: string): string | undefined {
  const [first = ''] = line.replace(/:$/, '').split(', ', 1)
  const name = /^(@[^/@]{1,214}\/[^@]{1,214}|[^@]{1,214})@/.exec(unquote(first))?.[1]
  // An alias names what it stands for: `a@npm:b@1`.
  return /@npm:(@[^/@]+\/[^@]+|[^@]+)@/.exec(unquote(first))?.[1] ?? name
}

function unquote(text: string): string {
  return text.replace(/^"(.*)"$/, '$1')
}

function componentOf({ name, line, fields, dependsOn }: Entry, path: string): Component {
  const version = fields.get('version')
  const resolved = fields.get('resolved')
  const origin = originOfNpm(resolved?.replace(/#[0-9a-f]{40}$/, resolved.includes('git') ? '$&' : ''))
  const sha1 =
    resolved === undefined ? undefined : hashOf('sha1', /\.tgz#([0-9a-f]{40})$/.exec(resolved)?.[1] ?? '')
  const hashes = [...readIntegrity(fields.get('integrity')), ...(sha1 === undefined ? [] : [sha1])]
  return makeComponent({
    type: 'npm',
    name,
    hashes,
    dependsOn,
    location: { path, line },
    ...(version === undefined ? {} : { version }),
    ...(origin === undefined ? {} : { origin }),
  })
}

/** `yarn.lock` of yarn 2 and later: YAML. Its checksum is one of yarn's own zip, so it is no hash of the package. */
export function readYarnBerry({ path, text, value }: ParsedFile): PackageList {
  const lines = new Map(text.split('\n', MAX_LINES).map((line, i) => [line.replace(/:$/, ''), i + 1]))
  const components = Object.entries(recordOf(value)).flatMap(([key, item]) => {
    const entry = recordOf(item)
    const resolution = textOf(entry.resolution)
    const version = textOf(entry.version)
    const parts = /^(@[^/@]+\/[^@]+|[^@]+)@([a-z+]+):(.*)$/.exec(resolution ?? '')
    if (parts === null || entry.linkType === 'soft') return []
    const [, name = '', protocol = '', rest = ''] = parts
    const origin = protocol === 'npm' || protocol === 'patch' ? undefined : originOfNpm(`${protocol}:${rest}`)
    return makeComponent({
      type: 'npm',
      name,
      dependsOn: Object.keys(recordOf(entry.dependencies)),
      hashes: [],
      location: { path, ...lineOfKey(lines, key) },
      ...(version === undefined ? {} : { version }),
      ...(origin === undefined ? {} : { origin }),
    })
  })
  return makeList({ format: 'yarn.lock (berry)', path, kind: 'lock' }, { components })
}

function lineOfKey(lines: ReadonlyMap<string, number>, key: string): { readonly line?: number } {
  const line = lines.get(`"${key}"`) ?? lines.get(key)
  return line === undefined ? {} : { line }
}
