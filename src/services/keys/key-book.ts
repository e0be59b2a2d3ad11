import type { KeyRole, TrustedKey } from '../../trust/evidence/index.ts'

/** The four roles of the house's own keys, never shared (DECISIONS.md). */
export type HouseRole = KeyRole | 'log'

/** A key that this house uses, used, or believes. Times are RFC 3339. */
export interface KeyRecord {
  /** SHA-256 of the SubjectPublicKeyInfo, 64 hex digits. */
  readonly keyId: string
  readonly role: HouseRole
  readonly publicKeyPem: string
  readonly origin: 'own' | 'others'
  /** A file of the key folder, or the URI of a KMS or token; absent where the private half is not here, or no more. */
  readonly place?: string
  readonly notBefore?: string
  readonly notAfter?: string
  /** From then on whoever has the key is not believed; what the log held before stands. */
  readonly revokedAt?: string
  readonly reason?: string
}

/** Everything that the key folder knows beside the private keys: `keys.json`. Replaced whole, atomically. */
export interface KeyBook {
  readonly schemaVersion: 1
  readonly keys: readonly KeyRecord[]
  /** Which key signs for each role. */
  readonly current: Readonly<Record<HouseRole, string>>
  /** Sealed key events that the ledger has yet to take, base64: a key changes here first, and the ledger learns of it. */
  readonly unlogged: readonly string[]
  /** The revocations under which the view was folded: it is folded anew when they are others. */
  readonly foldedUnder: string
}

/** Where the keys of a house lie. */
export interface KeyStore {
  book(): KeyBook
  /** Durable and whole when it resolves, or as it was. @throws SallyportError `STORE_FAILED` */
  save(book: KeyBook): Promise<void>
  /** A new private key, durable and in no use until a saved book names it. @throws SallyportError `STORE_FAILED` */
  make(role: KeyRole): Promise<KeyRecord>
  /** As {@link KeyStore.make}, with a key that exists. @throws SallyportError `KEY_INVALID` */
  take(role: KeyRole, pem: string, passphrase: string | undefined): Promise<KeyRecord>
  /** Removes private keys that the book does not place; gives their names. */
  discard(): Promise<readonly string[]>
  /** Private key files that {@link KeyStore.discard} would remove. */
  leftovers(): Promise<readonly string[]>
}

/** The record of the key that signs for a role. */
export function currentKey(book: KeyBook, role: HouseRole): KeyRecord | undefined {
  return book.keys.find(({ keyId }) => keyId === book.current[role])
}

/** What `trustKeys` takes: every key but the log's, with its times. */
export function believedKeys(
  book: KeyBook,
): readonly (Omit<TrustedKey, 'publicKey'> & { readonly publicKeyPem: string })[] {
  return book.keys.flatMap(({ role, publicKeyPem, notBefore, notAfter, revokedAt }) =>
    role === 'log'
      ? []
      : [
          {
            ...{ publicKeyPem, roles: [role] },
            ...(notBefore === undefined ? {} : { notBefore }),
            ...(notAfter === undefined ? {} : { notAfter }),
            ...(revokedAt === undefined ? {} : { revokedAt }),
          },
        ],
  )
}

/** The revocations as one line: what was folded under others must be folded again. */
export function revocationsOf(book: KeyBook): string {
  return book.keys
    .flatMap(({ keyId, revokedAt }) => (revokedAt === undefined ? [] : [`${keyId}@${revokedAt}`]))
    .sort()
    .join(' ')
}

/** The book with one record in the place of that with its id, or added. */
export function withRecord(book: KeyBook, record: KeyRecord): KeyBook {
  const known = book.keys.some(({ keyId }) => keyId === record.keyId)
  return {
    ...book,
    keys: known
      ? book.keys.map((one) => (one.keyId === record.keyId ? record : one))
      : [...book.keys, record],
  }
}
