export type { ConsistencyProof, InclusionProof, Ledger, LedgerEntry } from './ledger.ts'
export type { LedgerStore, Publication, SealedEnvelope, StoreProblem, TreeFile } from './ledger-store.ts'
