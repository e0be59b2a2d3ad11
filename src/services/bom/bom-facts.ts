import type { ModelCard } from '../../formats/model-card/index.ts'
import type { Assessment, Component, Digest } from '../../ground/domain/index.ts'
import type { Predicates } from '../../trust/evidence/index.ts'
import type { ClaimedBase, LineageGraph } from '../lineage/index.ts'
import type { Origin } from './origin-of.ts'

/** JSON of a part of a bill of materials. */
export type Json = Readonly<Record<string, unknown>>

/** A statement's predicate, with the statement that holds it. */
export interface Told<T> {
  readonly statement: Digest
  readonly predicate: T
}

/** Everything known of one model, from its bytes, its papers and the ledger. */
export interface BomFacts {
  /** Of the program. */
  readonly version: string
  /** RFC 3339, milliseconds: when the bill is written. */
  readonly at: string
  readonly name: string
  /** Identity of the model: digest of its manifest. */
  readonly digest: Digest
  readonly omsRoot: string
  readonly files: readonly { readonly name: string; readonly size: number; readonly sha256: string }[]
  /** What the model's own papers say: claims. */
  readonly card: ModelCard
  readonly config: { readonly family?: string; readonly architecture?: string }
  readonly assessment?: Assessment
  readonly provenance: readonly Told<Predicates['slsa-provenance']>[]
  readonly vulns: readonly Told<Predicates['vulns']>[]
  readonly tests: readonly Told<Predicates['test-result']>[]
  /** Where a hub, a registry, a server or a bucket gave it from. */
  readonly source?: Origin
  /** What came before it; absent for a model that is not in the ledger. */
  readonly lineage?: LineageGraph
  readonly claims: readonly ClaimedBase[]
  /** Packages that its files name, in `requirements.txt` and the like. */
  readonly dependencies: readonly Component[]
}

/** Characters of one text in a bill; a longer section of a card is cut, with an ellipsis. */
const MAX_TEXT = 8_000
/** C0 but line feed and tab, C1, and marks that turn text round. */
const UNPRINTABLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu

/** A text of hostile papers, safe in a bill that people read: bounded, well-formed, without what steers a terminal. */
export function shown(text: string, most = MAX_TEXT): string {
  const clean = text
    .toWellFormed()
    .replace(UNPRINTABLE, (char) =>
      char === '\n' || char === '\t'
        ? char
        : `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
    )
  if (clean.length <= most) return clean
  return `${clean
    .slice(0, most - 1)
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`
}

/** `{ [name]: value }`, or nothing for undefined and for an empty list. */
export function some(name: string, value: unknown): Json {
  return value === undefined || (Array.isArray(value) && value.length === 0) ? {} : { [name]: value }
}

/** Data sets of a model: those that its runs read, then those that its card names. */
export interface BomDataset {
  readonly name: string
  readonly digest?: Digest
  /** A run read it, and its provenance says so; else somebody wrote it into the card. */
  readonly isProven: boolean
  /** The card names it as what results were measured on. */
  readonly isForTests: boolean
}

/** The data sets that belong into a bill. */
export function datasetsOf({ provenance, card }: BomFacts): readonly BomDataset[] {
  const proven = provenance.flatMap(({ predicate }) =>
    (predicate.buildDefinition.resolvedDependencies ?? []).flatMap(({ annotations, digest, name }) =>
      annotations?.kind === 'dataset' && digest?.sha256 !== undefined
        ? [
            {
              name: name ?? digest.sha256,
              digest: `sha256:${digest.sha256}` as Digest,
              isProven: true,
              isForTests: false,
            },
          ]
        : [],
    ),
  )
  const claimed = card.datasets.map((name) => ({ name, isProven: false, isForTests: false }))
  const tested = card.evaluations.flatMap(({ dataset }) => {
    const name = dataset?.type ?? dataset?.name
    return name === undefined ? [] : [{ name, isProven: false, isForTests: true }]
  })
  const unique = new Map<string, BomDataset>()
  for (const one of [...proven, ...claimed, ...tested]) {
    const key = JSON.stringify([one.name, one.isForTests])
    if (!unique.has(key)) unique.set(key, one)
  }
  return [...unique.values()]
}
