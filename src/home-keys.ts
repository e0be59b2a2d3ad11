import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openKeyFolder, type RoleKeys } from './adapters/keys-files/index.ts'
import type { Home, House } from './faces/cli/index.ts'
import { generateKey, type Signer, verifierOfPem } from './ground/crypto/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import {
  type Beliefs,
  believeKey,
  checkKeys,
  type HouseRole,
  isKeyUri,
  openBeliefs,
  previewRevocation,
  revokeKey,
  rotateKey,
} from './services/keys/index.ts'
import { projectLedger, type View } from './services/registry/index.ts'
import type { Settings } from './services/settings/index.ts'
import type { Ledger } from './trust/ledger/index.ts'

// The house's own keys: where they lie, whom the house believes, and how that changes.
const TENANT = 'default'
const now = () => new Date()

/** A key in a KMS or token as a signer of statements: P-256, for that is what others verify. */
export async function openRemote(uri: string): Promise<Signer> {
  if (!isKeyUri(uri))
    throw new SallyportError(
      'BAD_INPUT',
      `"${uri.slice(0, 200)}" is no place of a key; write awskms://…, gcpkms://…, hashivault://… or pkcs11:…`,
    )
  // Late: a home whose keys are files needs none of this.
  const { openModelKey } = await import('./home-signing.ts')
  const key = await openModelKey(uri, {
    env: process.env,
    secret: async () => undefined,
    warn: () => undefined,
  })
  if (key.curve !== 'P-256')
    throw new SallyportError('KEY_INVALID', `${uri} is a ${key.curve} key; keys of the house must be P-256`)
  return { ...verifierOfPem(key.publicKeyPem), sign: (bytes) => key.sign(bytes) }
}

/** The signers of a home. @throws SallyportError `KEY_INVALID`, `STORE_FAILED`, `PEER_FAILED` */
export async function openHouseKeys(settings: Settings): Promise<RoleKeys> {
  const file = settings.keyPassphraseFile
  const passphrase = file === undefined ? undefined : (await readFile(file, 'utf8')).trim()
  return openKeyFolder({
    folder: join(settings.home, 'keys'),
    places: settings.keyPlaces,
    openRemote,
    ...(passphrase === undefined ? {} : { passphrase }),
  })
}

/** Whom a home believes, with the view that shows it. */
export function beliefsOf(parts: {
  readonly keys: RoleKeys
  readonly ledger: Ledger
  readonly view: View
}): Promise<Beliefs> {
  const { ledger, view } = parts
  return openBeliefs({
    ...{ ...parts, openRemote, tenant: TENANT, now },
    project: (trusted, loggedAt) => projectLedger({ ledger, view, trusted, loggedAt }),
  })
}

/** The `keys` commands of an open home. */
export function openKeyring(parts: { readonly keys: RoleKeys; readonly beliefs: Beliefs }): Home['keyring'] {
  const { keys, beliefs } = parts
  const { change } = beliefs
  const stateOf = (record: ReturnType<typeof keys.store.book>['keys'][number]) => {
    if (record.revokedAt !== undefined) return 'revoked' as const
    if (record.origin === 'others') return 'believed' as const
    return keys.store.book().current[record.role] === record.keyId
      ? ('current' as const)
      : ('retired' as const)
  }
  return {
    list: async () => keys.store.book().keys.map((record) => ({ ...record, state: stateOf(record) })),
    rotate: (role, next, reason) => rotateKey(change, role as HouseRole, next, reason),
    preview: (keyId, since) => previewRevocation(change, keyId, since),
    revoke: (keyId, revocation) => revokeKey(change, keyId, revocation),
    trust: (publicKeyPem, { role, ...times }) => {
      const { keyId, publicKeyPem: pem } = verifierOfPem(publicKeyPem)
      return believeKey(change, { keyId, role, publicKeyPem: pem, origin: 'others', ...times })
    },
    exportKey: (role, passphrase) => keys.store.exportKey(role as HouseRole, passphrase),
    changePassphrase: (next) => keys.store.changePassphrase(next),
    check: () => checkKeys(keys),
  }
}

/** Key files outside of a home. */
export function keyFiles(): Awaited<ReturnType<House['keyFiles']>> {
  const write = (path: string, text: string, mode: number) =>
    writeFile(path, text, { flag: 'wx', mode }).catch((cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EEXIST' ? 'is there already; it is never written over' : cause.message
      throw new SallyportError('BAD_INPUT', `${path} ${why}`, { cause })
    })
  return {
    writeSecret: (path, text) => write(path, text, 0o600),
    makePair: async (path, passphrase) => {
      const { privateKeyPem, signer } = generateKey('P-256', passphrase)
      const publicPath = `${path.replace(/\.(pem|key)$/, '')}.pub.pem`
      await write(path, privateKeyPem, 0o600)
      await write(publicPath, signer.publicKeyPem, 0o644)
      return { path, publicPath, keyId: signer.keyId }
    },
  }
}
