import { type Digest, parseDigest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { exportLog } from './export-log.ts'
import { fsck } from './fsck.ts'
import type { Ledger } from './ledger.ts'
import type { LedgerStore, StoreProblem, TreeFile } from './ledger-store.ts'

/** The operators' verbs over one open log. */
export interface LedgerDoor {
  /** Where it stands, with the signed checkpoint. */
  state(): Promise<{
    readonly origin: string
    readonly vkey: string
    readonly size: number
    readonly checkpoint: string
  }>
  /** @throws SallyportError `NOT_FOUND`, `BAD_INPUT` */
  prove(
    statement: Digest | number,
  ): Promise<{ readonly index: number; readonly statement: Digest; readonly proof: string }>
  fsck(): Promise<{ readonly entries: number; readonly problems: readonly StoreProblem[] }>
  export(folder: string): Promise<{ readonly entries: number; readonly folder: string }>
  /** Takes in a witness's cosignature. @throws SallyportError `SIGNATURE_INVALID`, `SIGNER_UNTRUSTED`, `CONFLICT` */
  cosign(note: string): Promise<void>
  /** @throws SallyportError `NOT_FOUND` */
  envelope(statement: Digest): Promise<Uint8Array>
}

/** @param write puts the files of an export into a new folder */
export function ledgerDoor(
  ledger: Ledger,
  store: LedgerStore,
  write: (folder: string, files: AsyncIterable<TreeFile>) => Promise<void>,
): LedgerDoor {
  const indexOf = async (statement: Digest | number) => {
    const index = typeof statement === 'number' ? statement : await ledger.find(statement)
    if (index === undefined || index >= ledger.size())
      throw new SallyportError(
        'NOT_FOUND',
        `no statement ${statement} in this log of ${ledger.size()} entries`,
      )
    return index
  }
  return {
    state: async () => {
      const { origin, vkey } = ledger
      const [size, checkpoint] = [ledger.size(), await ledger.checkpoint()]
      return { origin, vkey, size, checkpoint }
    },
    prove: async (statement) => {
      const index = await indexOf(statement)
      const { digest } = await ledger.read(index)
      return { index, statement: digest, proof: await ledger.proofFile(index) }
    },
    fsck: async () => {
      const { size, problems } = await fsck(store, ledger.vkey)
      return { entries: size, problems }
    },
    export: async (folder) => {
      await write(folder, exportLog(ledger))
      return { entries: ledger.size(), folder }
    },
    cosign: (note) => ledger.addCosignature(note),
    envelope: async (statement) => {
      const digest = parseDigest(statement)
      if (!digest.ok) throw new SallyportError('BAD_INPUT', digest.error)
      return (await ledger.read(await indexOf(digest.value))).envelope
    },
  }
}
