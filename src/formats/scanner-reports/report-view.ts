import { listOf, textOf } from '../../ground/lang/index.ts'

/** A way in which a tool rates what it found: `CVSS_V3` and a vector, or `rating` and a word. */
export interface ReportedSeverity {
  readonly type: string
  readonly score: string
}

/** One vulnerability in one package, as another tool reports it. */
export interface ReportedVulnerability {
  readonly id: string
  readonly aliases: readonly string[]
  readonly package?: string
  readonly version?: string
  readonly purl?: string
  readonly severity: readonly ReportedSeverity[]
  readonly fixedIn: readonly string[]
  readonly kev?: boolean
  readonly epss?: number
}

/** Who made a report. */
export interface ReportTool {
  readonly name: string
  readonly version?: string
  readonly uri: string
  readonly database?: { readonly version?: string; readonly lastUpdate?: string }
}

/** A report of another tool, as far as it becomes evidence. */
export type ReportView =
  | {
      readonly kind: 'vulnerabilities'
      readonly format: string
      readonly tool: ReportTool
      /** RFC 3339, when the report says when it was made. */
      readonly at?: string
      readonly results: readonly ReportedVulnerability[]
      /** What the report itself leaves out, such as findings that somebody ignored. */
      readonly leftOut?: string
    }
  | {
      readonly kind: 'findings'
      readonly format: string
      readonly tool: ReportTool
      readonly at?: string
      /** Rule ids by the worst level at which they were seen. */
      readonly failed: readonly string[]
      readonly warned: readonly string[]
      readonly leftOut?: string
    }

/** Results of one report. Images of operating systems have some 5,000. */
const MAX_RESULTS = 200_000
/** Characters of ids, names and versions. */
const MAX_WORD = 500

/** A short text; undefined for none, and for one that is no name of anything. */
export function wordOf(value: unknown): string | undefined {
  const text = textOf(value)
  return text === undefined || text.length > MAX_WORD ? undefined : text
}

/** `{ key: text }` when there is a text. */
export function maybe<K extends string>(key: K, value: unknown): Partial<Record<K, string>> {
  const text = wordOf(value)
  return text === undefined ? {} : ({ [key]: text } as Record<K, string>)
}

/** A list that is read whole or not at all: a report that is cut would say too little. @throws RangeError */
export function resultsOf(value: unknown): readonly unknown[] {
  const list = listOf(value)
  if (list.length > MAX_RESULTS)
    throw new RangeError(`it has ${list.length} results; ${MAX_RESULTS} are read`)
  return list
}
