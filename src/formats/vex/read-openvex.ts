import { listOf, recordOf, textOf } from '../../ground/lang/index.ts'

/** https://github.com/openvex/spec */
const STATUSES = ['not_affected', 'affected', 'fixed', 'under_investigation'] as const
export type VexStatus = (typeof STATUSES)[number]

/** Why something is not affected; the specification knows five reasons. */
const JUSTIFICATIONS = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
]

/** What a statement is about: a product, or parts of it. */
export interface VexProduct {
  /** Package URLs, and whatever else the document calls it by. */
  readonly ids: readonly string[]
  /** `sha256` hex and such. */
  readonly hashes: readonly string[]
  readonly parts: readonly VexProduct[]
}

/** One statement about one vulnerability. */
export interface VexStatement {
  /** Its name and its aliases. */
  readonly vulnerability: readonly string[]
  readonly products: readonly VexProduct[]
  readonly status: VexStatus
  readonly justification?: string
  readonly note?: string
  /** Milliseconds since 1970, of the statement or else of the document. */
  readonly at: number
}

/** An OpenVEX document. What is not understood is a problem and counts for nothing. */
export interface VexDocument {
  readonly id: string
  readonly author: string
  readonly timestamp: string
  readonly statements: readonly VexStatement[]
  readonly problems: readonly string[]
}

/** Statements of one document, and products of one statement. */
const MAX_STATEMENTS = 50_000
const MAX_PRODUCTS = 10_000

type Json = Readonly<Record<string, unknown>>

/** An OpenVEX document (0.0.1 to 0.2), parsed; undefined when it is none: author and time must be there. */
export function readOpenVex(value: unknown): VexDocument | undefined {
  const root = recordOf(value)
  const context = textOf(root['@context'])
  const author = textOf(root.author)
  const timestamp = textOf(root.timestamp)
  if (context === undefined || !/^https:\/\/openvex\.dev\/ns(?:\/|$)/.test(context)) return undefined
  if (author === undefined || timestamp === undefined || Number.isNaN(Date.parse(timestamp))) return undefined
  const problems: string[] = []
  const all = listOf(root.statements)
  if (all.length > MAX_STATEMENTS) problems.push(`only ${MAX_STATEMENTS} statements are read`)
  const statements = all.slice(0, MAX_STATEMENTS).flatMap((item, i) => {
    const statement = readStatement(recordOf(item), Date.parse(textOf(recordOf(item).timestamp) ?? timestamp))
    if (typeof statement !== 'string') return statement
    problems.push(`statement ${i + 1} ${statement}`)
    return []
  })
  return { id: textOf(root['@id']) ?? '', author, timestamp, statements, problems }
}

function readStatement(item: Json, at: number): VexStatement | string {
  const vulnerability = namesOf(item.vulnerability)
  const products = listOf(item.products).slice(0, MAX_PRODUCTS).map(readProduct)
  const status = STATUSES.find((one) => one === item.status)
  const justification = textOf(item.justification)
  const note = textOf(item.impact_statement) ?? textOf(item.action_statement) ?? textOf(item.status_notes)
  if (vulnerability.length === 0) return 'names no vulnerability'
  if (products.length === 0) return 'names no product'
  if (status === undefined) return 'has no status of OpenVEX'
  if (Number.isNaN(at)) return 'has a time that is none'
  if (justification !== undefined && !JUSTIFICATIONS.includes(justification))
    return 'has a justification that OpenVEX does not know'
  // The specification wants a reason, machine-readable or in words; without one it is only a wish.
  if (status === 'not_affected' && justification === undefined && textOf(item.impact_statement) === undefined)
    return 'says not_affected without a reason'
  return {
    vulnerability,
    products,
    status,
    at,
    ...(justification === undefined ? {} : { justification }),
    ...(note === undefined ? {} : { note: note.slice(0, 500) }),
  }
}

function namesOf(value: unknown): readonly string[] {
  const { name, aliases } = recordOf(value)
  return [textOf(value), textOf(name), ...listOf(aliases).map(textOf)].filter((one) => one !== undefined)
}

function readProduct(value: unknown): VexProduct {
  const product = recordOf(value)
  const ids = [
    textOf(value),
    textOf(product['@id']),
    ...Object.values(recordOf(product.identifiers)).map(textOf),
  ]
  return {
    ids: ids.filter((id) => id !== undefined),
    hashes: Object.values(recordOf(product.hashes)).flatMap((hash) => textOf(hash)?.toLowerCase() ?? []),
    parts: listOf(product.subcomponents)
      .slice(0, MAX_PRODUCTS)
      .map(readProduct)
      .map((part) => ({ ...part, parts: [] })),
  }
}
