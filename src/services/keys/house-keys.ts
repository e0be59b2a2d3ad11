import type { Signer } from '../../ground/crypto/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { KeyRole } from '../../trust/evidence/index.ts'
import type { Ledger } from '../../trust/ledger/index.ts'
import {
  currentKey,
  type HouseRole,
  type KeyBook,
  type KeyRecord,
  type KeyStore,
  withRecord,
} from './key-book.ts'
import { sealKeyEvent } from './key-event.ts'
import { type Effects, weighRevocation } from './weigh-revocation.ts'

/** What changes of keys need. */
export interface HouseKeysDeps {
  readonly store: KeyStore
  readonly ledger: Pick<Ledger, 'append' | 'entries' | 'size' | 'vkey'>
  /** The keys that sign now, to seal events with: each by another than the one it is about. */
  readonly signers: { readonly assessor: Signer; readonly policy: Signer }
  /** A checkpoint of everything so far, sealed: what was logged before stands. */
  readonly mark: () => Promise<Uint8Array>
  /** Folds the view anew under the book's revocations. */
  readonly refold: (book: KeyBook) => Promise<void>
  /** The public half of a key at a URI, which signs a trial message. */
  readonly openRemote: (uri: string) => Promise<Signer>
  readonly tenant: string
  readonly now: () => Date
  /** Called after each durable step; tests of faults end the process there. */
  readonly onStep?: (step: string) => void
}

/** Where the next key comes from. */
export type NextKey =
  | { readonly kind: 'new' }
  | { readonly kind: 'remote'; readonly uri: string }
  | { readonly kind: 'pem'; readonly pem: string; readonly passphrase?: string }

/** What became of a change. */
export interface KeyChange {
  readonly before: KeyRecord
  /** The key that signs now; absent when another still does. */
  readonly now?: KeyRecord
}

/**
 * Another key signs for a role from now on. The key before stays believed for what it signed until now, and its private
 * half is removed when it lies in the folder.
 * @throws SallyportError `NOT_SUPPORTED` for the log, whose key is its name; `KEY_INVALID`, `PEER_FAILED`, `STORE_FAILED`
 */
export async function rotateKey(
  deps: HouseKeysDeps,
  role: HouseRole,
  next: NextKey,
  reason?: string,
): Promise<KeyChange> {
  const before = requireCurrent(deps, signing(role))
  await markNow(deps)
  const made = await makeNext(deps, signing(role), next)
  const at = deps.now().toISOString()
  const event = await sealKeyEvent(deps, before, {
    ...{ at, event: 'retired', successor: made.keyId },
    ...(reason === undefined ? {} : { reason }),
  })
  const now = { ...made, notBefore: at }
  const retired = { ...withoutPlace(before), notAfter: at, ...(reason === undefined ? {} : { reason }) }
  const book = withRecord(withRecord(deps.store.book(), retired), now)
  await commit(deps, { ...book, current: { ...book.current, [role]: now.keyId } }, event)
  return { before: retired, now }
}

/**
 * A key is not believed from a date on: what a checkpoint covers before then stands, everything else that it signed
 * falls. A key that signs now is replaced in the same step.
 * @param revocation `since`: RFC 3339, not in the future; from now on when absent
 * @throws SallyportError as {@link rotateKey} does; `BAD_INPUT` for a date to come; `CONFLICT` for a key revoked as early
 */
export async function revokeKey(
  deps: HouseKeysDeps,
  keyId: string,
  revocation: { readonly since?: string; readonly reason: string; readonly next: NextKey },
): Promise<KeyChange> {
  const before = findKey(deps.store.book(), keyId)
  const role = signing(before.role)
  const { reason } = revocation
  if (revocation.since !== undefined) refuseSince(deps, before, revocation.since)
  await markNow(deps)
  const since = revocation.since ?? nextSecond(deps.now())
  const isCurrent = deps.store.book().current[role] === before.keyId
  const made = isCurrent ? await makeNext(deps, role, revocation.next) : undefined
  const at = deps.now().toISOString()
  const event = await sealKeyEvent(deps, before, {
    ...{ at, event: 'revoked', since, reason },
    ...(made === undefined ? {} : { successor: made.keyId }),
  })
  const revoked = { ...withoutPlace(before), revokedAt: since, reason }
  const book = withRecord(deps.store.book(), revoked)
  if (made === undefined) await commit(deps, book, event)
  else {
    const now = { ...made, notBefore: at }
    await commit(deps, { ...withRecord(book, now), current: { ...book.current, [role]: now.keyId } }, event)
  }
  await deps.refold(deps.store.book())
  return { before: revoked, ...(made === undefined ? {} : { now: made }) }
}

/** What a revocation would do, before anybody asks for it. @throws SallyportError `NOT_FOUND`, `NOT_SUPPORTED` */
export async function previewRevocation(
  deps: HouseKeysDeps,
  keyId: string,
  since: string | undefined,
): Promise<Effects & { readonly key: KeyRecord; readonly isCurrent: boolean }> {
  const book = deps.store.book()
  const key = findKey(book, keyId)
  signing(key.role)
  // What no checkpoint covered yet is covered now, and counted as what it will be.
  await markNow(deps)
  const from = Date.parse(since ?? nextSecond(deps.now()))
  const effects = await weighRevocation(deps.ledger, key.keyId, from)
  return { ...effects, key, isCurrent: book.current[key.role] === key.keyId }
}

/**
 * A key of others is believed for a role from now on, for statements that say they are of the time given.
 * @throws SallyportError `CONFLICT` for a key that is known already, `KEY_INVALID`
 */
export async function believeKey(
  deps: HouseKeysDeps,
  record: KeyRecord & { readonly role: KeyRole },
): Promise<KeyRecord> {
  const book = deps.store.book()
  if (book.keys.some(({ keyId }) => keyId === record.keyId))
    throw new SallyportError('CONFLICT', `the key ${record.keyId} is known here already`)
  const at = deps.now().toISOString()
  const event = await sealKeyEvent(deps, record, {
    ...{ at, event: 'trusted' },
    ...(record.reason === undefined ? {} : { reason: record.reason }),
  })
  await commit(deps, withRecord(book, record), event)
  return record
}

/**
 * Ends what a killed process began: events that the ledger has not taken are appended (the same bytes, so that they
 * stand there once), and private keys that no book places are removed. Without anything to do it does nothing.
 */
export async function settleKeys(deps: Pick<HouseKeysDeps, 'store' | 'ledger' | 'onStep'>): Promise<void> {
  const book = deps.store.book()
  if (book.unlogged.length > 0) {
    for (const event of book.unlogged) await deps.ledger.append(Buffer.from(event, 'base64'))
    deps.onStep?.('logged')
    await deps.store.save({ ...book, unlogged: [] })
    deps.onStep?.('cleared')
  }
  await deps.store.discard()
  deps.onStep?.('discarded')
}

/** The one key whose id begins so. @throws SallyportError `NOT_FOUND`, `BAD_INPUT` for too short or several */
function findKey(book: KeyBook, keyId: string): KeyRecord {
  if (!/^[0-9a-f]{8,64}$/.test(keyId))
    throw new SallyportError(
      'BAD_INPUT',
      `"${keyId.slice(0, 80)}" is no key id: eight hex digits at least, as \`sallyport keys list\` shows them`,
    )
  const found = book.keys.filter((key) => key.keyId.startsWith(keyId))
  const [key] = found
  if (key !== undefined && found.length === 1) return key
  throw new SallyportError(
    'NOT_FOUND',
    `${found.length} keys begin with ${keyId}; \`sallyport keys list --all\` shows them`,
  )
}

function refuseSince({ now }: HouseKeysDeps, { revokedAt }: KeyRecord, since: string): void {
  if (Date.parse(since) > now().getTime()) throw new SallyportError('BAD_INPUT', `${since} is yet to come`)
  if (revokedAt !== undefined && revokedAt <= since)
    throw new SallyportError('CONFLICT', `the key is revoked since ${revokedAt} already`)
}

/** A log writes full seconds: what it held until now was logged before the next one begins. */
function nextSecond(now: Date): string {
  return new Date((Math.floor(now.getTime() / 1000) + 1) * 1000).toISOString()
}

/** The book is the point of no return: before it nothing has changed, after it everything has. */
async function commit(deps: HouseKeysDeps, book: KeyBook, event: Uint8Array): Promise<void> {
  const unlogged = [...book.unlogged, Buffer.from(event).toString('base64')]
  await deps.store.save({ ...book, unlogged })
  deps.onStep?.('saved')
  await settleKeys(deps)
}

async function markNow(deps: HouseKeysDeps): Promise<void> {
  if (deps.ledger.size() > 0) await deps.ledger.append(await deps.mark())
  deps.onStep?.('marked')
}

async function makeNext(deps: HouseKeysDeps, role: KeyRole, next: NextKey): Promise<KeyRecord> {
  const record = await nextRecord(deps, role, next)
  deps.onStep?.('made')
  if (!deps.store.book().keys.some(({ keyId }) => keyId === record.keyId)) return record
  throw new SallyportError(
    'CONFLICT',
    `the key ${record.keyId.slice(0, 16)} is known here already; each role and each time wants a key of its own`,
  )
}

async function nextRecord(deps: HouseKeysDeps, role: KeyRole, next: NextKey): Promise<KeyRecord> {
  if (next.kind === 'new') return deps.store.make(role)
  if (next.kind === 'pem') return deps.store.take(role, next.pem, next.passphrase)
  const signer = await deps.openRemote(next.uri)
  // A key that may be read and not used would leave the house without a signer.
  await signer.sign(new TextEncoder().encode('sallyport: may this key sign?'))
  const { keyId, publicKeyPem } = signer
  return { keyId, role, publicKeyPem, origin: 'own', place: next.uri }
}

function requireCurrent({ store }: HouseKeysDeps, role: KeyRole): KeyRecord {
  const record = currentKey(store.book(), role)
  if (record === undefined) throw new SallyportError('NOT_FOUND', `there is no ${role} key`)
  return record
}

function signing(role: HouseRole): KeyRole {
  if (role !== 'log') return role
  throw new SallyportError(
    'NOT_SUPPORTED',
    "the log's key is part of the log's name and cannot be changed: `sallyport log export` keeps the old log, and a new home begins a new one",
  )
}

function withoutPlace({ place: _, ...rest }: KeyRecord): KeyRecord {
  return rest
}
