import type { VexDocument, VexProduct, VexStatement, VexStatus } from '../../formats/vex/index.ts'
import { type Component, normalPypiName, type Purl, parsePurl } from '../../ground/domain/index.ts'
import type { Vulnerability } from './vulnerability.ts'

/** A document, with the name of the file that a person gave. */
export interface GivenVex {
  readonly file: string
  readonly document: VexDocument
}

/** Who said that a vulnerability does not count, and why: it is shown wherever the vulnerability is. */
export interface VexWord {
  readonly status: VexStatus
  readonly justification?: string
  readonly note?: string
  readonly author: string
  readonly document: string
  readonly file: string
  readonly at: string
}

/** A vulnerability with what was said of it. */
export interface JudgedVulnerability extends Vulnerability {
  readonly vex?: VexWord
}

/** Vulnerabilities that count, and those that somebody answers for. */
export interface VexOutcome {
  readonly open: readonly JudgedVulnerability[]
  readonly suppressed: readonly (JudgedVulnerability & { readonly vex: VexWord })[]
}

const QUIET: ReadonlySet<VexStatus> = new Set(['not_affected', 'fixed'])

/**
 * Applies what documents say. Of several statements about one pair the newest counts; malicious packages stay, whatever is
 * said. https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md
 * @param subject digest of what is looked at, for statements about a product and its parts
 */
export function applyVex(
  vulnerabilities: readonly Vulnerability[],
  given: readonly GivenVex[],
  subject?: string,
): VexOutcome {
  const open: JudgedVulnerability[] = []
  const suppressed: (JudgedVulnerability & { readonly vex: VexWord })[] = []
  for (const one of vulnerabilities) {
    const vex = one.isMalicious ? undefined : newestWord(one, given, subject)
    if (vex === undefined) open.push(one)
    else if (QUIET.has(vex.status)) suppressed.push({ ...one, vex })
    else open.push({ ...one, vex })
  }
  return { open, suppressed }
}

function newestWord(
  vulnerability: Vulnerability,
  given: readonly GivenVex[],
  subject: string | undefined,
): VexWord | undefined {
  const names = new Set([vulnerability.id, ...vulnerability.aliases])
  const words = given.flatMap(({ file, document }) =>
    document.statements
      .filter((statement) => statement.vulnerability.some((name) => names.has(name)))
      .filter((statement) => isAbout(statement, vulnerability.component, subject))
      .map((statement) => ({ statement, file, document })),
  )
  // Of two at one time the one that keeps the vulnerability open counts.
  const [newest] = words.toSorted(
    (a, b) =>
      b.statement.at - a.statement.at ||
      Number(QUIET.has(a.statement.status)) - Number(QUIET.has(b.statement.status)),
  )
  if (newest === undefined) return undefined
  const { status, justification, note, at } = newest.statement
  return {
    status,
    author: newest.document.author,
    document: newest.document.id,
    file: newest.file,
    at: new Date(at).toISOString(),
    ...(justification === undefined ? {} : { justification }),
    ...(note === undefined ? {} : { note }),
  }
}

/** About the package itself, or about it as a part of the very thing that is looked at. */
function isAbout({ products }: VexStatement, component: Component, subject: string | undefined): boolean {
  return products.some((product) =>
    product.parts.length === 0
      ? isComponent(product, component)
      : isSubject(product, subject) && product.parts.some((part) => isComponent(part, component)),
  )
}

function isSubject({ ids, hashes }: VexProduct, subject: string | undefined): boolean {
  if (subject === undefined) return false
  const hex = subject.replace(/^sha256:/, '')
  return (
    hashes.includes(hex) ||
    ids.some((id) => id === subject || id.endsWith(`@${subject}`) || id.includes(`sha256%3A${hex}`))
  )
}

function isComponent({ ids }: VexProduct, component: Component): boolean {
  const own = parsePurl(component.purl)
  return own.ok && ids.some((id) => covers(id, own.value, component.version))
}

/** A package URL without a version means all of them; what it says further must be so. */
function covers(id: string, own: Purl, version: string | undefined): boolean {
  const said = parsePurl(id)
  if (!said.ok) return false
  const { type, namespace, name, qualifiers } = said.value
  const isName = type === 'pypi' ? normalPypiName(name) === normalPypiName(own.name) : name === own.name
  return (
    type === own.type &&
    isName &&
    (namespace ?? '') === (own.namespace ?? '') &&
    (said.value.version === undefined || said.value.version === (own.version ?? version)) &&
    Object.entries(qualifiers).every(([key, value]) => own.qualifiers[key] === value)
  )
}
