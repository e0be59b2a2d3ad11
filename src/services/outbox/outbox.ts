import { type Digest, digestOfBytes } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { openStatement, type TrustedKeys } from '../../trust/evidence/index.ts'

/** Envelopes taken at one time: the rest comes with the next look. */
const MAX_AT_ONCE = 1000

/** Sealed statements that wait as files for whoever holds the ledger. */
export interface OutboxFiles {
  /** Durable when it resolves; the same name twice is the same file. @throws SallyportError `STORE_FAILED` */
  put(name: string, bytes: Uint8Array): Promise<void>
  /** Names, oldest first. */
  list(): Promise<readonly string[]>
  /** @throws SallyportError `TOO_LARGE` for what no statement is */
  read(name: string): Promise<Uint8Array>
  remove(name: string): Promise<void>
  /** Keeps it aside, with the reason beside it, out of the way of the others. */
  setAside(name: string, reason: string): Promise<void>
}

/** What became of the statements that waited. */
export interface Drained {
  readonly appended: readonly Digest[]
  readonly refused: readonly { readonly name: string; readonly reason: string }[]
}

/**
 * Leaves a sealed statement for the ledger, durably, without holding the home: whoever holds it takes the statement in.
 * @param at orders what waits
 * @returns the digest under which the ledger will know it
 */
export async function deliverStatement(
  files: Pick<OutboxFiles, 'put'>,
  envelope: Uint8Array,
  at: Date,
): Promise<Digest> {
  const digest = digestOfBytes(envelope)
  const time = at.toISOString().replaceAll(/[-:.]/g, '')
  await files.put(`${time}-${digest.slice('sha256:'.length)}.bundle.json`, envelope)
  return digest
}

/**
 * Takes what waits into the ledger, oldest first. Each is verified anew, for anybody who can write to the folder can
 * leave something there; what does not verify is kept aside with the reason. A statement that the ledger has is not
 * appended twice, so a crash between the two steps loses and doubles nothing.
 */
export async function drainOutbox(deps: {
  readonly files: OutboxFiles
  readonly trusted: TrustedKeys
  readonly append: (envelope: Uint8Array) => Promise<Digest>
}): Promise<Drained> {
  const appended: Digest[] = []
  const refused: { name: string; reason: string }[] = []
  for (const name of (await deps.files.list()).slice(0, MAX_AT_ONCE)) {
    const checked = await check(deps, name)
    if ('reason' in checked) {
      await deps.files.setAside(name, checked.reason)
      refused.push({ name, reason: checked.reason })
      continue
    }
    // Not inside the check: a ledger that cannot be written is no fault of the statement, which waits on.
    appended.push(await deps.append(checked.envelope))
    await deps.files.remove(name)
  }
  return { appended, refused }
}

async function check(
  deps: { readonly files: OutboxFiles; readonly trusted: TrustedKeys },
  name: string,
): Promise<{ readonly envelope: Uint8Array } | { readonly reason: string }> {
  try {
    const envelope = await deps.files.read(name)
    const { kind } = openStatement(envelope, deps.trusted)
    // Consent and decisions are made by people and by policy at the desk, never left in a folder.
    if (kind !== 'evidence') return { reason: `a ${kind} is not taken from the outbox, evidence alone is` }
    return { envelope }
  } catch (cause) {
    if (cause instanceof SallyportError && cause.code !== 'STORE_FAILED')
      return { reason: `${cause.message} (${cause.code})` }
    throw cause
  }
}
