import { type Component, type ComponentOrigin, makeComponent } from '../../ground/domain/index.ts'
import { MAX_WORD } from './package-list.ts'

/** One requirement of PEP 508, or of pip where that allows more. */
export interface ParsedRequirement {
  readonly name: string
  readonly extras: readonly string[]
  readonly constraint?: string
  /** Only for `==` without a wildcard, and `===`. */
  readonly version?: string
  readonly marker?: string
  readonly origin?: ComponentOrigin
}

const NAME = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*/
const CLAUSE = /^(?:~=|==|!=|<=|>=|<|>|===)\s*[^\s,;()]+$/

/** Reads `name[extra]>=1,<2; marker` or `name @ address`; undefined when it is neither. https://peps.python.org/pep-0508/ */
export function readRequirement(text: string): ParsedRequirement | undefined {
  if (text.length > MAX_WORD * 4) return undefined
  const head = NAME.exec(text)
  if (head === null) return undefined
  const [all, name = '', extraText = ''] = head
  const extras = extraText
    .split(',')
    .map((extra) => extra.trim())
    .filter((extra) => extra !== '')
  const rest = text.slice(all.length).trim()
  if (rest.startsWith('@')) return readDirect(name, extras, rest.slice(1).trim())
  const semicolon = rest.indexOf(';')
  const written = (semicolon < 0 ? rest : rest.slice(0, semicolon))
    .trim()
    .replace(/^\((.*)\)$/, '$1')
    .trim()
  const clauses = written === '' ? [] : written.split(',').map((clause) => clause.trim())
  if (!clauses.every((clause) => CLAUSE.test(clause))) return undefined
  const marker = semicolon < 0 ? '' : rest.slice(semicolon + 1).trim()
  const version = clauses.flatMap((clause) => pinOf(clause) ?? [])[0]
  return {
    name,
    extras,
    ...(written === '' ? {} : { constraint: clauses.join(',') }),
    ...(version === undefined ? {} : { version }),
    ...(marker === '' ? {} : { marker }),
  }
}

function pinOf(clause: string): string | undefined {
  const pin = /^={2,3}\s*(.+)$/.exec(clause)?.[1]
  return pin?.includes('*') === true ? undefined : pin
}

function readDirect(name: string, extras: readonly string[], rest: string): ParsedRequirement {
  // A marker behind an address needs a space before its semicolon.
  const [address = '', marker] = rest.split(/\s+;\s*/, 2)
  return {
    name,
    extras,
    origin: originOf(address.trim()),
    ...(marker === undefined ? {} : { marker }),
  }
}

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

/** What an address of pip is: a repository with or without a commit, a file somewhere, a folder here. */
export function originOf(address: string): ComponentOrigin {
  const shown = withoutPassword(address.slice(0, MAX_WORD * 2))
  if (/^(?:git|hg|svn|bzr)\+/.test(address) || /\.git(?:$|[@#])/.test(address)) {
    const bare = address.replace(/[#?].*$/, '')
    const at = bare.lastIndexOf('@')
    const reference = at > bare.lastIndexOf('/') ? bare.slice(at + 1) : ''
    return { kind: 'vcs', address: shown, ...(COMMIT.test(reference) ? { commit: reference } : {}) }
  }
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(address) && !address.startsWith('file:')
    ? { kind: 'url', address: shown }
    : { kind: 'path', address: shown }
}

/** An address without what stands between `//` and `@`: passwords and tokens do not belong in reports (CWE-532). */
export function withoutPassword(address: string): string {
  return address.replace(/\/\/[^/@\s]+@/, '//')
}

/** A requirement as a component of PyPI. */
export function componentOfRequirement(
  requirement: ParsedRequirement,
  place: Component['location'],
  more: Partial<Component> = {},
): Component {
  const { name, version, constraint, origin } = requirement
  return makeComponent({
    type: 'pypi',
    name,
    location: place,
    relation: 'direct',
    ...(version === undefined ? {} : { version }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(origin === undefined ? {} : { origin }),
    ...more,
  })
}
