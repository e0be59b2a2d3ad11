import { fail, ok, type Result } from '../lang/index.ts'

/** Characters of one package URL. The longest real ones (npm scopes with qualifiers) have some 300. */
const MAX_PURL = 4096

/** The parts of a package URL, decoded. https://github.com/package-url/purl-spec */
export interface Purl {
  /** Lower case: `pypi`, `npm`, `deb`. */
  readonly type: string
  /** `@scope` for npm, the distribution for deb; segments joined by `/`. */
  readonly namespace?: string
  readonly name: string
  readonly version?: string
  readonly qualifiers: Readonly<Record<string, string>>
  readonly subpath?: string
}

/** A package URL in its canonical spelling: qualifiers sorted, names as the type wants them. */
export function makePurl(purl: Omit<Purl, 'qualifiers'> & Partial<Pick<Purl, 'qualifiers'>>): string {
  const path = [...(purl.namespace ?? '').split('/').filter((part) => part !== ''), purl.name]
  const spelt = path.map((part) => encode(spellName(purl.type, part))).join('/')
  const qualifiers = Object.entries(purl.qualifiers ?? {})
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encode(value)}`)
    .join('&')
  const version = purl.version === undefined || purl.version === '' ? '' : `@${encode(purl.version)}`
  const subpath = purl.subpath === undefined ? '' : `#${purl.subpath.split('/').map(encode).join('/')}`
  return `pkg:${purl.type}/${spelt}${version}${qualifiers === '' ? '' : `?${qualifiers}`}${subpath}`
}

/** A package URL from outside, or what is wrong with it. */
export function parsePurl(text: string): Result<Purl> {
  if (text.length > MAX_PURL) return fail(`it is longer than ${MAX_PURL} characters`)
  const parts = /^pkg:\/{0,2}([A-Za-z][A-Za-z0-9.+-]*)\/([^?#]+)(?:\?([^#]*))?(?:#(.*))?$/.exec(text)
  if (parts === null) return fail('it is not of the form pkg:type/name@version')
  const [, type = '', path = '', query = '', subpath] = parts
  try {
    return readParts(type.toLowerCase(), path, query, subpath)
  } catch (error) {
    if (error instanceof URIError) return fail('it holds a percent sign that encodes nothing')
    throw error
  }
}

function readParts(type: string, path: string, query: string, subpath: string | undefined): Result<Purl> {
  // The version begins at the last `@` behind the last `/`; a scope of npm begins with one as well.
  const at = path.lastIndexOf('@')
  const hasVersion = at > 0 && at > path.lastIndexOf('/') + 1
  const version = hasVersion ? decodeURIComponent(path.slice(at + 1)) : ''
  const segments = (hasVersion ? path.slice(0, at) : path)
    .split('/')
    .filter((part) => part !== '')
    .map((part) => spellName(type, decodeURIComponent(part)))
  const name = segments.pop()
  if (name === undefined) return fail('it names no package')
  const qualifiers = Object.fromEntries(
    query
      .split('&')
      .map((pair) => [pair.split('=', 1)[0] ?? '', pair.slice(pair.indexOf('=') + 1)] as const)
      .filter(([key, value]) => key !== '' && key !== '__proto__' && value !== '')
      .map(([key, value]) => [key.toLowerCase(), decodeURIComponent(value)] as const),
  )
  return ok({
    type,
    name,
    qualifiers,
    ...(segments.length === 0 ? {} : { namespace: segments.join('/') }),
    ...(version === '' ? {} : { version }),
    ...(subpath === undefined || subpath === '' ? {} : { subpath: decodeURIComponent(subpath) }),
  })
}

/** Names that a registry does not tell apart are one name. */
function spellName(type: string, name: string): string {
  if (type === 'pypi') return name.toLowerCase().replaceAll('_', '-')
  return LOWER_CASE_TYPES.has(type) ? name.toLowerCase() : name
}
const LOWER_CASE_TYPES: ReadonlySet<string> = new Set(['deb', 'apk', 'github', 'bitbucket', 'composer'])

function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%3A', ':')
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
