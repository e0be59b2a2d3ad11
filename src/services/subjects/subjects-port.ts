import type { Digest } from '../../ground/domain/index.ts'
import type { LineChange } from '../../ground/lang/index.ts'
import type { Actor, ModelDetail, ModelSummary } from '../registry/index.ts'
import type { SubjectKind } from './subject-name.ts'

/** A change that has been used to attack whoever trusted what stood there before. */
export interface SubjectRisk {
  /** `tool-added`, `description-changed`, `instruction-in-description`, `schema-widened`, `endpoint-moved`, `prompt-changed` */
  readonly code: string
  /** One sentence. */
  readonly message: string
}

/** What differs between two versions of one subject. */
export interface SubjectChanges {
  readonly kind: SubjectKind
  readonly name: string
  readonly before: Digest
  readonly after: Digest
  /** Lines of the canonical form, with what is around them. */
  readonly lines: readonly LineChange[]
  readonly cut: boolean
  /** Of a tool list, or the fields of an endpoint. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly { readonly item: string; readonly fields: readonly string[] }[]
  readonly risks: readonly SubjectRisk[]
}

/** One version of a subject. */
export interface RegisteredSubject {
  readonly kind: SubjectKind
  readonly name: string
  readonly model: ModelSummary
}

/** What registering came to. */
export interface Registration {
  readonly subject: ModelDetail
  /** False when these very bytes are known under this name already. */
  readonly isNew: boolean
  /** Against the version before, where there is one. */
  readonly changes?: SubjectChanges
  /** Approvals that the version before had and this one has not: one sentence, absent when there are none. */
  readonly fallenAway?: string
}

/** The registry of what is not a model: its versions are subjects like models, so consent and decisions are the same. */
export interface Subjects {
  /**
   * Takes in a version, and has it assessed.
   * @param content a path for a data set; the text of a file for all others
   * @throws SallyportError `BAD_INPUT` for what is no prompt, tool list or endpoint, `TOO_LARGE`
   */
  register(
    request: { readonly kind: SubjectKind; readonly name: string; readonly content: string },
    actor: Actor,
  ): Promise<Registration>
  /** All versions, newest first. */
  list(query: { readonly kind?: SubjectKind; readonly name?: string }): Promise<readonly RegisteredSubject[]>
  /** What differs between two versions. @throws SallyportError `NOT_FOUND`, `BAD_INPUT` when they are not of one kind */
  changes(before: Digest, after: Digest): Promise<SubjectChanges>
}
