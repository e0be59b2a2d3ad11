import { type Signer, verifierOfPem } from '../../ground/crypto/index.ts'
import { currentKey, type HouseRole, type KeyStore } from './key-book.ts'
import { isKeyFile } from './read-key-book.ts'

/** One thing that was looked at. */
export interface KeyCheck {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'failed'
  readonly message: string
  readonly nextStep?: string
}

const ROLES: readonly HouseRole[] = ['assessor', 'policy', 'consent', 'log']
const TRIAL = new TextEncoder().encode('sallyport: does this key sign?')

/** Whether every key signs what its public half verifies, and whether something is left of a change that was broken off. */
export async function checkKeys(
  keys: Readonly<Record<HouseRole, Signer>> & {
    readonly store: Pick<KeyStore, 'book' | 'leftovers'>
  },
): Promise<readonly KeyCheck[]> {
  const book = keys.store.book()
  const checks: KeyCheck[] = []
  for (const role of ROLES) checks.push(await checkRole(keys, role))
  const leftovers = await keys.store.leftovers()
  if (book.unlogged.length > 0 || leftovers.length > 0)
    checks.push({
      ...{ name: 'changes', status: 'warning', message: 'a change of keys was broken off' },
      nextStep: 'any command that opens this home ends it',
    })
  else checks.push({ name: 'changes', status: 'ok', message: 'nothing is left of a change of keys' })
  return checks
}

async function checkRole(
  keys: Readonly<Record<HouseRole, Signer>> & { readonly store: Pick<KeyStore, 'book'> },
  role: HouseRole,
): Promise<KeyCheck> {
  const record = currentKey(keys.store.book(), role)
  const shown = `${keys[role].keyId.slice(0, 16)} in ${record?.place ?? 'no place'}`
  if (record?.revokedAt !== undefined)
    return {
      ...{ name: role, status: 'failed', message: `${shown} was revoked since ${record.revokedAt}` },
      nextStep: `sallyport keys rotate ${role}`,
    }
  try {
    const signature = await keys[role].sign(TRIAL)
    if (verifierOfPem(keys[role].publicKeyPem).verify(TRIAL, signature))
      return { name: role, status: 'ok', message: `${shown} signs` }
    return { name: role, status: 'failed', message: `${shown} signs what its public key does not verify` }
  } catch (cause) {
    const message = `${shown}: ${cause instanceof Error ? cause.message : 'cannot sign'}`
    const isHere = isKeyFile(record?.place ?? '')
    return {
      name: role,
      status: 'failed',
      message,
      ...(isHere ? {} : { nextStep: 'reach the KMS or token, or rotate to another key' }),
    }
  }
}
