import type { TrustedKeys } from '../../trust/evidence/index.ts'

/** What the opener of a statement must know of its place in the log: only where a key is revoked does it matter. */
export async function whenLogged(
  deps: {
    readonly trusted: TrustedKeys
    readonly loggedAt?: (index: number) => Promise<Date | undefined>
  },
  index: number,
): Promise<{ readonly loggedAt?: Date }> {
  const isAnyRevoked = [...deps.trusted.values()].some(({ revokedAt }) => revokedAt !== undefined)
  const at = isAnyRevoked ? await deps.loggedAt?.(index) : undefined
  return at === undefined ? {} : { loggedAt: at }
}
