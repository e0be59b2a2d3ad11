import { SallyportError } from '../../ground/lang/index.ts'
import type { Pkcs11Name } from './parse-pkcs11-uri.ts'

/** id-ecPublicKey (RFC 5480), encoded. */
const OID_EC_PUBLIC_KEY = Buffer.from('06072a8648ce3d0201', 'hex')
/** A public key as the token has it; `id` (CKA_ID, hex) is what chooses the private one. */
export interface TokenKey {
  readonly der: Uint8Array
  readonly id: string
}

/** Public keys in one token that are looked at. */
const MAX_OBJECTS = 1000

/**
 * The one public key that a listing of pkcs11-tool holds under a name, as SubjectPublicKeyInfo. Built here from EC_PARAMS
 * and EC_POINT: `--read-object` of OpenSC 0.23 fails for P-384, and takes the first of several that match.
 * @throws SallyportError `KEY_INVALID` when none or several match, or the key is no EC key
 */
export function readPublicKey(listing: string, name: Pkcs11Name, label: string): TokenKey {
  const blocks = listing
    .split(/^(?=Public Key Object)/m)
    .filter((block) => block.startsWith('Public Key Object'))
    .slice(0, MAX_OBJECTS)
  const found = blocks.filter(
    (block) =>
      (name.object === undefined || fieldOf(block, 'label') === name.object) &&
      (name.id === undefined || fieldOf(block, 'ID')?.toLowerCase() === name.id),
  )
  const [block] = found
  if (block === undefined || found.length > 1)
    throw new SallyportError(
      'KEY_INVALID',
      `${label}: ${found.length} public keys in the token have this name; name one by object and id, and keep the public key beside the private one`,
    )
  const params = fieldOf(block, 'EC_PARAMS') ?? ''
  const point = fieldOf(block, 'EC_POINT') ?? ''
  if (!/^06([0-9a-f]{2}){2,20}$/.test(params) || !/^04([0-9a-f]{2}){2,200}$/.test(point))
    throw new SallyportError('KEY_INVALID', `${label} is no key on a named elliptic curve`)
  const id = fieldOf(block, 'ID')?.toLowerCase() ?? ''
  if (!/^([0-9a-f]{2}){1,255}$/.test(id))
    throw new SallyportError(
      'KEY_INVALID',
      `${label} has no id in the token; give it one with pkcs11-tool --set-id`,
    )
  const der = subjectPublicKeyInfo(Buffer.from(params, 'hex'), innerOf(Buffer.from(point, 'hex')))
  return { der, id }
}

function fieldOf(block: string, name: string): string | undefined {
  return new RegExp(`^ {2}${name}: {1,20}(.*)$`, 'm').exec(block)?.[1]
}

/** CKA_EC_POINT is an OCTET STRING around the point (PKCS#11 2.40 section 2.3.3). */
function innerOf(octets: Buffer): Buffer {
  const skip = (octets[1] ?? 0) === 0x81 ? 3 : 2
  return octets.subarray(skip)
}

function subjectPublicKeyInfo(params: Buffer, point: Buffer): Uint8Array {
  return tagged(0x30, [tagged(0x30, [OID_EC_PUBLIC_KEY, params]), tagged(0x03, [Buffer.from([0]), point])])
}

function tagged(tag: number, parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
