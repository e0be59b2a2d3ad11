/** in-toto Statement v1 (in-toto/attestation, spec/v1/statement.md). */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'

/** in-toto ResourceDescriptor, as far as we write it. */
export interface ResourceDescriptor {
  readonly name?: string
  readonly uri?: string
  readonly digest?: Readonly<Record<string, string>>
  readonly mediaType?: string
  readonly annotations?: Readonly<Record<string, unknown>>
}

/** A claim about subjects, not yet sealed. */
export interface Statement {
  readonly _type: typeof STATEMENT_TYPE
  readonly subject: readonly ResourceDescriptor[]
  readonly predicateType: string
  readonly predicate: Readonly<Record<string, unknown>>
}

/** The three kinds of statement (ARCHITECTURE, rule 1). Policy reads the first two and never the third. */
export type StatementKind = 'evidence' | 'consent' | 'decision'
