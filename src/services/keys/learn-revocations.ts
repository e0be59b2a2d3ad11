import type { Digest } from '../../ground/domain/index.ts'
import { predicateOf, type Verified } from '../../trust/evidence/index.ts'
import { type KeyStore, withRecord } from './key-book.ts'

/**
 * Takes into the book what the ledger says of revocations: a key folder from a backup must not bring a stolen key back
 * to life. The earliest date counts.
 * @returns whether the book changed
 */
export async function learnRevocations(
  store: Pick<KeyStore, 'book' | 'save'>,
  statements: (subject: Digest) => Promise<readonly { readonly verified: Verified }[]>,
): Promise<boolean> {
  let book = store.book()
  for (const record of book.keys) {
    if (record.role === 'log') continue
    const since = (await statements(`sha256:${record.keyId}` as Digest))
      .flatMap(({ verified }) => predicateOf(verified, 'key-event')?.since ?? [])
      .sort()[0]
    if (since !== undefined && (record.revokedAt === undefined || since < record.revokedAt))
      book = withRecord(book, { ...record, revokedAt: since, reason: record.reason ?? 'as the log says' })
  }
  if (book === store.book()) return false
  await store.save(book)
  return true
}
