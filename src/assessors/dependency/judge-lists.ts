import confusedNames from '../../../catalog/dependencies/confused-names.json' with { type: 'json' }
import imitatedNames from '../../../catalog/dependencies/imitated-names.json' with { type: 'json' }
import npmNames from '../../../catalog/dependencies/npm-names.json' with { type: 'json' }
import pypiNames from '../../../catalog/dependencies/pypi-names.json' with { type: 'json' }
import type { PackageList } from '../../formats/lockfiles/index.ts'
import type { Component, Finding } from '../../ground/domain/index.ts'
import { type Case, findingOf } from './findings.ts'
import { NameIndex, spellOf } from './near-names.ts'

/** Names that one finding spells out. */
const MAX_NAMED = 8

let indexes: Readonly<Record<string, NameIndex>> | undefined

function indexOf(type: string): NameIndex | undefined {
  indexes ??= {
    pypi: makeIndex('pypi', pypiNames, imitatedNames.pypi),
    npm: makeIndex('npm', npmNames, imitatedNames.npm),
  }
  return indexes[type]
}

function makeIndex(
  type: string,
  book: { readonly names: readonly string[]; readonly targets: number },
  imitated: readonly string[],
): NameIndex {
  const names = book.names.map((name) => spellOf(type, name))
  const more = imitated.map((name) => spellOf(type, name))
  // Those that are imitated stand behind the most installed, and before the rest of what is worth it.
  const targets = [...new Set([...names.slice(0, 300), ...more, ...names.slice(0, book.targets)])]
  return new NameIndex({ known: new Set([...names, ...more]), targets })
}

/** What a person or a file beside says of names. */
export interface KnownNames {
  /** A lock file beside pins them. */
  readonly locked: ReadonlySet<string>
  /** A person has said that they are the ones that are meant. */
  readonly meant: ReadonlySet<string>
}

/** What is wrong with the way in which packages are asked for. */
export function judgeList(list: PackageList, names: KnownNames): readonly Finding[] {
  return [
    ...judgeOptions(list),
    ...list.components.flatMap((component) => judgeComponent(component, list, names)),
    ...judgeHashes(list),
    ...judgeScripts(list),
  ]
}

function caseOf(component: Component, message: string): Case {
  const { path, line } = component.location
  return { message, key: component.name, path, ...(line === undefined ? {} : { line }) }
}

function judgeComponent(
  component: Component,
  list: PackageList,
  { locked, meant }: KnownNames,
): readonly Finding[] {
  const findings = [...(meant.has(component.name) ? [] : judgeName(component)), ...judgeOrigin(component)]
  const isFromRegistry = component.origin === undefined || component.origin.kind === 'registry'
  if (
    list.kind === 'manifest' &&
    isFromRegistry &&
    component.version === undefined &&
    !locked.has(component.name)
  ) {
    const asked = component.constraint === undefined ? 'in any version' : `as ${component.constraint}`
    findings.push(findingOf('unpinned', caseOf(component, `${component.name} is asked for ${asked}.`)))
  }
  return findings
}

function judgeName(component: Component): Finding[] {
  const { type, name } = component
  const confused = confusedNames.names.find((one) => one.type === type && one.name === name)
  if (confused !== undefined) {
    const message = `${name} is not ${confused.meant}: ${confused.why}.`
    return [
      findingOf('confused', { ...caseOf(component, message), remedy: `Install ${confused.meant} instead.` }),
    ]
  }
  // What comes from an address is not looked up by its name.
  if (component.origin !== undefined && component.origin.kind !== 'registry') return []
  const near = indexOf(type)?.nearest(spellOf(type, name))
  if (near === undefined) return []
  return [
    findingOf(
      'lookalike',
      caseOf(component, `${name} ${near.how}: ${near.target} is the one that is well known.`),
    ),
  ]
}

function judgeOrigin(component: Component): readonly Finding[] {
  const { name, origin, isEditable, hashes } = component
  const findings: Finding[] = []
  if (isEditable === true)
    findings.push(findingOf('editable', caseOf(component, `${name} is installed as editable.`)))
  if (origin === undefined || origin.kind === 'path') return findings
  if (
    /^(?:git\+|hg\+|svn\+|bzr\+)?(?:http|ftp|git|svn):\/\//.test(origin.address) &&
    !isLoopback(origin.address)
  )
    findings.push(
      findingOf('unsafeIndex', caseOf(component, `${name} comes over ${origin.address} without TLS.`)),
    )
  if (origin.kind === 'vcs' && origin.commit === undefined)
    findings.push(
      findingOf('loose', caseOf(component, `${name} comes from ${origin.address}, which names no commit.`)),
    )
  const carriesHash =
    hashes.length > 0 || /#(?:sha(?:224|256|384|512)=[0-9a-f]{56,128}|[0-9a-f]{40})/.test(origin.address)
  if (origin.kind === 'url' && !carriesHash)
    findings.push(
      findingOf('loose', caseOf(component, `${name} comes from ${origin.address} without a hash.`)),
    )
  return findings
}

function isLoopback(address: string): boolean {
  return /\/\/(?:localhost|127\.[\d.]+|\[::1\])(?:[:/]|$)/.test(address)
}

function judgeOptions({ options, path, components }: PackageList): readonly Finding[] {
  return options.flatMap(({ option, value, line }) => {
    const at = { key: `${option} ${value}`, path, ...(line === undefined ? {} : { line }) }
    const findings: Finding[] = []
    if (option === '--extra-index-url' || option === '--find-links') {
      const bare = components.filter(({ hashes, origin }) => hashes.length === 0 && origin === undefined)
      // With a hash for every package it does not matter which index hands them out.
      if (bare.length > 0 || components.length === 0)
        findings.push(
          findingOf('extraIndex', { ...at, message: `${option} ${value} is asked beside the first index.` }),
        )
    }
    if (option === '--trusted-host')
      findings.push(
        findingOf('unsafeIndex', { ...at, message: `The certificate of ${value} is not checked.` }),
      )
    if (/^(?:http|ftp):\/\//.test(value) && !isLoopback(value))
      findings.push(findingOf('unsafeIndex', { ...at, message: `${option} ${value} has no TLS.` }))
    return findings
  })
}

/** One finding a file: that hashes are missing is one decision, not one a package. */
function judgeHashes(list: PackageList): readonly Finding[] {
  if (list.kind === 'installed' || !HASHED_FORMATS.has(list.format)) return []
  const bare = list.components.filter(
    ({ hashes, origin, version }) =>
      hashes.length === 0 && version !== undefined && (origin === undefined || origin.kind === 'registry'),
  )
  if (bare.length === 0) return []
  const named = bare.slice(0, MAX_NAMED).map(({ name }) => name)
  const more = bare.length > named.length ? ` and ${bare.length - named.length} more` : ''
  const message = `${bare.length} of ${list.components.length} packages have no hash: ${named.join(', ')}${more}.`
  return [findingOf('unhashed', { message, key: 'hashes', path: list.path })]
}
/** Formats in which a hash could stand. */
const HASHED_FORMATS = new Set([
  'requirements.txt',
  'Pipfile.lock',
  'poetry.lock',
  'uv.lock',
  'pdm.lock',
  'pylock.toml',
  'conda-lock.yml',
  'conda explicit list',
  'package-lock.json',
  'pnpm-lock.yaml',
  'yarn.lock',
])

const REACHES_OUT =
  /\b(?:curl|wget|nc|bash\s+-c|powershell|certutil|base64)\b|https?:\/\/|\bnode\s+-e\b|\beval\b|\/dev\/tcp/i

function judgeScripts({ scripts, components, path }: PackageList): readonly Finding[] {
  const own = scripts.map(({ name, command, line }) =>
    findingOf(REACHES_OUT.test(command) ? 'installScript' : 'installHook', {
      message: `npm runs "${name}": ${command.slice(0, 200)}`,
      key: name,
      path,
      ...(line === undefined ? {} : { line }),
    }),
  )
  const others = components
    .filter(({ hasInstallScript }) => hasInstallScript === true)
    .map(({ name }) => name)
  if (others.length === 0) return own
  const message = `${others.length} packages run scripts when they are installed: ${others.slice(0, MAX_NAMED).join(', ')}.`
  return [...own, findingOf('installHook', { message, key: 'scripts', path })]
}
