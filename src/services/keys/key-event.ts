import type { Signer } from '../../ground/crypto/index.ts'
import { type Digest, STATEMENT_TYPE } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import {
  descriptorSubject,
  PREDICATE_TYPES,
  type Predicates,
  sealStatement,
} from '../../trust/evidence/index.ts'
import type { KeyRecord } from './key-book.ts'

/**
 * What became of a key, sealed by the key of another role: about the assessor's the policy key speaks, about all others
 * the assessor's.
 */
export function sealKeyEvent(
  deps: { readonly signers: { readonly assessor: Signer; readonly policy: Signer }; readonly tenant: string },
  { keyId, role, publicKeyPem }: KeyRecord,
  event: Omit<Predicates['key-event'], 'role' | 'publicKeyPem'>,
): Promise<Uint8Array> {
  if (role === 'log') throw new SallyportError('NOT_SUPPORTED', 'the log’s key is no key of statements')
  const subject = descriptorSubject('key', `sha256:${keyId}` as Digest, {
    name: `${role} key`,
    tenant: deps.tenant,
  })
  const predicate = { ...event, role, publicKeyPem }
  return sealStatement(
    { _type: STATEMENT_TYPE, subject: [subject], predicateType: PREDICATE_TYPES['key-event'], predicate },
    role === 'assessor' ? deps.signers.policy : deps.signers.assessor,
  )
}
