import {
  type Digest,
  type Manifest,
  type ResourceDescriptor,
  STATEMENT_TYPE,
  type Statement,
} from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import {
  type DescriptorKind,
  descriptorSubject,
  kindOfPredicate,
  PREDICATE_TYPES,
  type PredicateName,
  type Predicates,
  sealStatement,
  subjectOf,
  type Verified,
} from '../../trust/evidence/index.ts'
import type { StatementRow } from './ports.ts'
import { openRows } from './read-statements.ts'
import type { Room } from './room.ts'
import { manifestOf } from './search.ts'

/** Evidence that a service of this house wants sealed. */
export interface NewEvidence<N extends PredicateName = PredicateName> {
  readonly name: N
  /** What it speaks of; {@link EvidenceDesk.subject} gives that of a model that is here. */
  readonly subjects: readonly ResourceDescriptor[]
  readonly predicate: Predicates[N]
}

/** A statement that was read from the ledger and verified anew. */
export interface FoundStatement {
  readonly row: StatementRow
  readonly verified: Verified
}

/** Where services bring evidence, and read what is known of any subject: a model, a data set, a run. */
export interface EvidenceDesk {
  /**
   * Seals evidence with the assessor's key; durable and folded when it resolves.
   * @returns the statement's digest
   * @throws SallyportError `BAD_INPUT` for what its schema refuses, or for consent and decisions: those have verbs of their own
   */
  attest<N extends PredicateName>(evidence: NewEvidence<N>): Promise<Digest>
  /** The same bytes as {@link EvidenceDesk.attest} would append, sealed and not appended: for an outbox. */
  seal<N extends PredicateName>(evidence: NewEvidence<N>): Promise<Uint8Array>
  /**
   * Appends evidence that was sealed before, with a key of this house; verified by whoever brings it. The ledger keeps the
   * same bytes once.
   */
  append(envelope: Uint8Array): Promise<Digest>
  /** Every statement about a subject in the log's order, verified anew. */
  statements(subject: Digest): Promise<readonly FoundStatement[]>
  /** A model that was imported, as the subject of a statement. @throws SallyportError `NOT_FOUND` */
  subject(model: Digest): Promise<ResourceDescriptor>
  /** Files that need not be here (a data set, an output) as the subject of a statement. */
  subjectOf(manifest: Manifest, name: string): ResourceDescriptor
  /** What has no files (a run, a prompt, an endpoint) as the subject of a statement. */
  descriptor(kind: DescriptorKind, digest: Digest, name: string): ResourceDescriptor
}

/** The desk of one registry's room. */
export function evidenceDesk(room: Room): EvidenceDesk {
  const seal = async (evidence: NewEvidence) => sealStatement(statementOf(evidence), room.keys.assessor)
  const append = async (envelope: Uint8Array) => {
    const [digest] = await room.record([envelope])
    if (digest === undefined) throw new SallyportError('STORE_FAILED', 'the ledger acknowledged nothing')
    return digest
  }
  return {
    seal,
    append,
    attest: async (evidence) => append(await seal(evidence)),
    statements: (subject) => openRows(room, subject),
    subject: async (model) => {
      const { manifest, name } = await manifestOf(room, model)
      return subjectOf(manifest, name, room.tenant)
    },
    subjectOf: (manifest, name) => subjectOf(manifest, name, room.tenant),
    descriptor: (kind, digest, name) => descriptorSubject(kind, digest, { name, tenant: room.tenant }),
  }
}

function statementOf({ name, subjects, predicate }: NewEvidence): Statement {
  const predicateType = PREDICATE_TYPES[name]
  if (kindOfPredicate(predicateType) !== 'evidence')
    throw new SallyportError('BAD_INPUT', `a ${name} is no evidence; it has a verb of its own`)
  return { _type: STATEMENT_TYPE, subject: subjects, predicateType, predicate: { ...predicate } }
}
