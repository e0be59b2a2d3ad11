import { resolve } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'

/** Somebody whose signatures on models are believed, as `sallyport.yaml` names them under `signers`. Paths are absolute. */
export type SignerSetting =
  | { readonly name: string; readonly kind: 'key'; readonly publicKey: string }
  | {
      readonly name: string
      readonly kind: 'certificate'
      readonly certificateChain: string
      /** Absent: whoever these roots vouch for. */
      readonly identity?: string
    }
  | {
      readonly name: string
      readonly kind: 'keyless'
      readonly identity: string
      readonly identityProvider: string
      readonly trustConfig?: string
    }

/** Signers; more are no list that anybody looks after. */
const MAX_SIGNERS = 256

const FIELDS = [
  'name',
  'publicKey',
  'certificateChain',
  'identity',
  'identityProvider',
  'trustConfig',
] as const
type Fields = Readonly<Partial<Record<(typeof FIELDS)[number], string>>>

/**
 * The list `signers` of `sallyport.yaml`. Each has a name and one of `publicKey`, `certificateChain` or `identityProvider`.
 * @throws SallyportError `BAD_CONFIG` naming the signer
 */
export function readSigners(value: unknown): readonly SignerSetting[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw refuse('must be a list')
  if (value.length > MAX_SIGNERS) throw refuse(`must not have more than ${MAX_SIGNERS} entries`)
  const signers = value.map((item, i) => signerOf(fieldsOf(item, i + 1), i + 1))
  const twin = signers.find(({ name }, i) => signers.slice(i + 1).some((other) => other.name === name))
  if (twin !== undefined) throw refuse(`has the name "${twin.name}" twice`)
  return signers
}

function fieldsOf(item: unknown, place: number): Fields {
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    throw refuse(`entry ${place} must have fields`)
  for (const [key, field] of Object.entries(item)) {
    if (!(FIELDS as readonly string[]).includes(key))
      throw refuse(`entry ${place}: "${key}" is no field; known are ${FIELDS.join(', ')}`)
    if (typeof field !== 'string' || field === '') throw refuse(`entry ${place}: "${key}" must be text`)
  }
  return item as Fields
}

function signerOf(fields: Fields, place: number): SignerSetting {
  const { name, publicKey, certificateChain, identity, identityProvider, trustConfig } = fields
  if (name === undefined) throw refuse(`entry ${place} has no name`)
  const kinds = [publicKey, certificateChain, identityProvider].filter((field) => field !== undefined)
  if (kinds.length !== 1)
    throw refuse(`"${name}" must have exactly one of publicKey, certificateChain and identityProvider`)
  if (trustConfig !== undefined && identityProvider === undefined)
    throw refuse(`"${name}": trustConfig goes with identityProvider`)
  if (certificateChain !== undefined)
    return {
      ...{ name, kind: 'certificate', certificateChain: resolve(certificateChain) },
      ...(identity === undefined ? {} : { identity }),
    }
  if (publicKey !== undefined) {
    if (identity !== undefined) throw refuse(`"${name}": a key has no identity`)
    return { name, kind: 'key', publicKey: resolve(publicKey) }
  }
  if (identity === undefined || identityProvider === undefined)
    throw refuse(`"${name}" needs an identity beside its identityProvider`)
  return {
    ...{ name, kind: 'keyless', identity, identityProvider },
    ...(trustConfig === undefined ? {} : { trustConfig: resolve(trustConfig) }),
  }
}

function refuse(why: string): SallyportError {
  return new SallyportError('BAD_CONFIG', `sallyport.yaml: "signers" ${why}`)
}
