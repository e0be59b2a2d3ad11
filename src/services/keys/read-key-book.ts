import { parseStrictJson, verifierOfPem } from '../../ground/crypto/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { HouseRole, KeyBook, KeyRecord } from './key-book.ts'

const ROLES: readonly HouseRole[] = ['assessor', 'policy', 'consent', 'log']
const TIMES = ['notBefore', 'notAfter', 'revokedAt'] as const
/** Keys. Four that are rotated weekly for twenty years. */
const MAX_KEYS = 4096
/** A file beside the book, never a path: what is discarded or written must lie in the folder. */
const FILE_NAME = /^[a-z]+(-[0-9a-f]{1,64}){0,2}\.pem$/

/**
 * Reads `keys.json`. Every key's id is computed anew, so that a line cannot be filed under another key.
 * @throws SallyportError `KEY_INVALID` naming what is wrong; a major that is not known is refused
 */
export function readKeyBook(bytes: Uint8Array, what: string): KeyBook {
  const value = asRecord(parse(bytes, what), what)
  if (value.schemaVersion !== 1) throw refuse(what, 'its schemaVersion is not 1')
  if (!Array.isArray(value.keys) || value.keys.length > MAX_KEYS) throw refuse(what, 'its keys are no list')
  const keys = value.keys.map((key, i) => readRecord(key, `${what}, key ${i + 1}`))
  if (new Set(keys.map(({ keyId }) => keyId)).size !== keys.length)
    throw refuse(what, 'one key stands in it twice')
  const current = asRecord(value.current, what)
  for (const role of ROLES) {
    const key = keys.find(({ keyId }) => keyId === current[role])
    if (key === undefined || key.role !== role || key.place === undefined)
      throw refuse(what, `no usable key signs for ${role}`)
  }
  const { unlogged, foldedUnder } = value
  if (!Array.isArray(unlogged) || !unlogged.every((one) => typeof one === 'string'))
    throw refuse(what, 'its unlogged events are no list')
  if (typeof foldedUnder !== 'string') throw refuse(what, 'foldedUnder is no text')
  return { schemaVersion: 1, keys, current: current as KeyBook['current'], unlogged, foldedUnder }
}

/** Whether a place is a file of the key folder; otherwise it is a URI. */
export function isKeyFile(place: string): boolean {
  return FILE_NAME.test(place)
}

function readRecord(value: unknown, what: string): KeyRecord {
  const record = asRecord(value, what)
  const { keyId, role, publicKeyPem, origin, place, reason } = record
  if (typeof publicKeyPem !== 'string' || verifierOfPem(publicKeyPem).keyId !== keyId)
    throw refuse(what, 'its id is not that of its public key')
  if (!ROLES.includes(role as HouseRole)) throw refuse(what, 'its role is not known')
  if (origin !== 'own' && origin !== 'others') throw refuse(what, 'its origin is not known')
  if (place !== undefined && (typeof place !== 'string' || !(isKeyFile(place) || isKeyUri(place))))
    throw refuse(what, 'its place is neither a file of the folder nor a URI')
  if (reason !== undefined && typeof reason !== 'string') throw refuse(what, 'its reason is no text')
  checkTimes(record, what)
  return record as unknown as KeyRecord
}

function checkTimes(record: Readonly<Record<string, unknown>>, what: string): void {
  for (const name of TIMES) {
    const time = record[name]
    if (time !== undefined && (typeof time !== 'string' || !Number.isFinite(Date.parse(time))))
      throw refuse(what, `${name} is no time`)
  }
}

/** Whether a place is one of a KMS or token. */
export function isKeyUri(place: string): boolean {
  return /^(awskms|gcpkms|hashivault):\/\/|^pkcs11:/.test(place)
}

function parse(bytes: Uint8Array, what: string): unknown {
  try {
    return parseStrictJson(bytes, what)
  } catch (cause) {
    throw new SallyportError('KEY_INVALID', `${what} cannot be read`, { cause })
  }
}

function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw refuse(what, 'an object is missing')
}

function refuse(what: string, why: string): SallyportError {
  return new SallyportError('KEY_INVALID', `${what}: ${why}; restore it from a backup of the home`)
}
