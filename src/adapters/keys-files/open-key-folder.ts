import { lstat, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKey, type KeyAlgorithm, type Signer, signerOfPem } from '../../ground/crypto/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import {
  currentKey,
  type HouseRole,
  isKeyFile,
  type KeyBook,
  type KeyRecord,
  readKeyBook,
} from '../../services/keys/index.ts'
import { type KeyFolderStore, keyFileStore } from './key-file-store.ts'
import { createPrivateFile, readPrivateFile, refuseOthers, storing } from './private-file.ts'

/** The four keys, never shared (DECISIONS.md): who saw, who decided, who consented, and the log's own. */
export const KEY_FILE_ROLES = ['assessor', 'policy', 'consent', 'log'] as const

/** Signed notes want Ed25519 (C2SP signed-note); cosign and other verifiers of statements want P-256. */
const ALGORITHMS: Readonly<Record<HouseRole, KeyAlgorithm>> = {
  assessor: 'P-256',
  policy: 'P-256',
  consent: 'P-256',
  log: 'Ed25519',
}

/** Bytes. Some hundred bytes for each key that ever was, and events that wait for the ledger. */
const MAX_BOOK_BYTES = 16 * 1024 * 1024

/** One public key, to be handed to those who verify. */
export interface PublicKeyListing {
  readonly role: HouseRole
  readonly keyId: string
  readonly algorithm: KeyAlgorithm
  readonly publicKeyPem: string
  /** Where the private key is kept: a file, or the URI of a KMS or token. */
  readonly path: string
}

/** A signer for each role, and the book of all keys. */
export interface RoleKeys extends Readonly<Record<HouseRole, Signer>> {
  /** The public halves of the keys that sign now, in the order of {@link KEY_FILE_ROLES}. */
  listPublicKeys(): readonly PublicKeyListing[]
  readonly store: KeyFolderStore
}

/** How a key folder is opened. */
export interface KeyFolderOptions {
  readonly folder: string
  readonly passphrase?: string
  /** URIs of keys in a KMS or token for roles that have no key yet (settings). */
  readonly places?: Readonly<Partial<Record<HouseRole, string>>>
  /** The key at a URI. It is asked when it signs, and must be the one that the book knows. */
  readonly openRemote?: (uri: string) => Promise<Signer>
}

/**
 * The keys in a folder (mode 0700), one file a role (mode 0600). A key that is not there yet is made, durably, and one
 * that is there is never written over. With a passphrase, new keys are encrypted and old ones must be.
 * @throws SallyportError `KEY_INVALID` for a wrong mode, owner, role or passphrase, `STORE_FAILED` when the disk refuses
 */
export async function openKeyFolder(options: KeyFolderOptions): Promise<RoleKeys> {
  const { folder } = options
  await ensureFolder(folder)
  const bookPath = join(folder, 'keys.json')
  const text = await readPrivateFile(bookPath, MAX_BOOK_BYTES)
  const book = text === undefined ? undefined : readKeyBook(Buffer.from(text), bookPath)
  const signers = {
    assessor: await openRole(options, 'assessor', book),
    policy: await openRole(options, 'policy', book),
    consent: await openRole(options, 'consent', book),
    log: await openRole(options, 'log', book),
  }
  refuseSharedKeys(signers)
  const first = book ?? firstBook(options, signers)
  // A key of a KMS is known by the book alone: without it, another one would be taken for it in silence.
  const isRemote = first.keys.some(({ place }) => place !== undefined && !isKeyFile(place))
  const store = keyFileStore({ folder, passphrase: options.passphrase, book: first })
  if (book === undefined && isRemote) await store.save(first)
  const listing = KEY_FILE_ROLES.map((role) => {
    const { keyId, algorithm, publicKeyPem } = signers[role]
    const place = currentKey(first, role)?.place ?? ''
    return { role, keyId, algorithm, publicKeyPem, path: isKeyFile(place) ? join(folder, place) : place }
  })
  const held = (role: HouseRole) => unlessRevoked(signers[role], () => currentKey(store.book(), role))
  const { log } = signers
  return {
    ...{ assessor: held('assessor'), policy: held('policy'), consent: held('consent'), log },
    ...{ listPublicKeys: () => listing, store },
  }
}

/** A key that the log says is stolen, in a folder from a backup, signs nothing; the commands that replace it still run. */
function unlessRevoked(signer: Signer, record: () => KeyRecord | undefined): Signer {
  return {
    ...signer,
    sign: (bytes) => {
      const { revokedAt, role } = record() ?? {}
      if (revokedAt === undefined) return signer.sign(bytes)
      throw new SallyportError(
        'KEY_INVALID',
        `the ${role} key ${signer.keyId.slice(0, 16)} was revoked since ${revokedAt}; run: sallyport keys rotate ${role}`,
      )
    },
  }
}

async function ensureFolder(folder: string): Promise<void> {
  await storing(`cannot make the key folder ${folder}`, () => mkdir(folder, { recursive: true, mode: 0o700 }))
  const stat = await storing(`cannot read the key folder ${folder}`, () => lstat(folder))
  if (!stat.isDirectory()) throw new SallyportError('KEY_INVALID', `${folder} is not a folder`)
  refuseOthers(stat, folder, '700')
}

async function openRole(
  options: KeyFolderOptions,
  role: HouseRole,
  book: KeyBook | undefined,
): Promise<Signer> {
  const record = book === undefined ? undefined : currentKey(book, role)
  const wanted = options.places?.[role]
  if (record === undefined) return openFirst(options, role, wanted)
  if (wanted !== undefined && wanted !== record.place)
    throw new SallyportError(
      'KEY_INVALID',
      `the settings name ${wanted} as the ${role} key, but the key ${record.keyId.slice(0, 16)} signs; take the setting out, run: sallyport keys rotate ${role} --to '${wanted}'`,
    )
  const place = record.place ?? ''
  if (!isKeyFile(place)) return lateSigner(record, options)
  const path = join(options.folder, place)
  const pem = await readPrivateFile(path)
  if (pem === undefined)
    throw new SallyportError(
      'KEY_INVALID',
      `${path} is missing, and keys.json names it as the ${role} key; restore it`,
    )
  const signer = signerAt(path, pem, options.passphrase, role)
  if (signer.keyId === record.keyId) return signer
  throw new SallyportError('KEY_INVALID', `${path} holds another key than keys.json says`)
}

/** Of a home whose keys never changed: one file a role, or the URI of the settings. */
async function openFirst(
  { folder, passphrase, openRemote }: KeyFolderOptions,
  role: HouseRole,
  wanted: string | undefined,
): Promise<Signer> {
  const path = join(folder, `${role}.pem`)
  const there = await readPrivateFile(path)
  if (wanted !== undefined && openRemote !== undefined) {
    if (there === undefined) return openRemote(wanted)
    throw new SallyportError(
      'KEY_INVALID',
      `the settings name ${wanted} as the ${role} key, but this home signs with ${path}; take the setting out, run: sallyport keys rotate ${role} --to '${wanted}'`,
    )
  }
  if (there !== undefined) return signerAt(path, there, passphrase, role)
  const { privateKeyPem } = generateKey(ALGORITHMS[role], passphrase)
  await createPrivateFile(path, privateKeyPem)
  return signerAt(path, (await readPrivateFile(path)) ?? privateKeyPem, passphrase, role)
}

/** Asked when it signs: a command that signs nothing needs no network. */
function lateSigner(record: KeyRecord, { openRemote }: KeyFolderOptions): Signer {
  let opened: Promise<Signer> | undefined
  return {
    ...{ keyId: record.keyId, algorithm: 'P-256', publicKeyPem: record.publicKeyPem },
    sign: async (bytes) => {
      const place = record.place ?? ''
      if (openRemote === undefined)
        throw new SallyportError(
          'KEY_INVALID',
          `the ${record.role} key lies in ${place}, which cannot be reached here`,
        )
      opened ??= openRemote(place)
      const signer = await opened.catch((cause) => {
        opened = undefined
        throw cause
      })
      if (signer.keyId !== record.keyId)
        throw new SallyportError(
          'KEY_INVALID',
          `${place} holds another key (${signer.keyId.slice(0, 16)}) than the one that signs for ${record.role} here (${record.keyId.slice(0, 16)})`,
        )
      return signer.sign(bytes)
    },
  }
}

function signerAt(path: string, pem: string, passphrase: string | undefined, role: HouseRole): Signer {
  const signer = readSigner(path, pem, passphrase)
  if (signer.algorithm === ALGORITHMS[role]) return signer
  throw new SallyportError(
    'KEY_INVALID',
    `${path} is ${signer.algorithm}; the ${role} key must be ${ALGORITHMS[role]}`,
  )
}

function readSigner(path: string, pem: string, passphrase: string | undefined): Signer {
  try {
    return signerOfPem(pem, passphrase)
  } catch (cause) {
    if (!(cause instanceof SallyportError)) throw cause
    const next =
      passphrase !== undefined && pem.includes('BEGIN PRIVATE KEY')
        ? '; to encrypt it, unset SALLYPORT_KEY_PASSPHRASE_FILE and run: sallyport keys passphrase set FILE'
        : ''
    throw new SallyportError(cause.code, `${path}: ${cause.message}${next}`, { cause })
  }
}

function firstBook({ places }: KeyFolderOptions, signers: Readonly<Record<HouseRole, Signer>>): KeyBook {
  const keys = KEY_FILE_ROLES.map((role): KeyRecord => {
    const { keyId, publicKeyPem } = signers[role]
    return { keyId, role, publicKeyPem, origin: 'own', place: places?.[role] ?? `${role}.pem` }
  })
  const { assessor, policy, consent, log } = signers
  const current = { assessor: assessor.keyId, policy: policy.keyId, consent: consent.keyId, log: log.keyId }
  return { schemaVersion: 1, keys, current, unlogged: [], foldedUnder: '' }
}

function refuseSharedKeys(signers: Readonly<Record<HouseRole, Signer>>): void {
  for (const [i, role] of KEY_FILE_ROLES.entries()) {
    const twin = KEY_FILE_ROLES.slice(i + 1).find((other) => signers[other].keyId === signers[role].keyId)
    if (twin !== undefined)
      throw new SallyportError(
        'KEY_INVALID',
        `the ${role} key and the ${twin} key are one key; they must differ`,
      )
  }
}
