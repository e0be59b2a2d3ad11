import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { type FileHandle, link, lstat, mkdir, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKey, type KeyAlgorithm, type Signer, signerOfPem } from '../../ground/crypto/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'

/** The four keys, never shared (DECISIONS.md): who saw, who decided, who consented, and the log's own. */
export const KEY_FILE_ROLES = ['assessor', 'policy', 'consent', 'log'] as const
export type KeyFileRole = (typeof KEY_FILE_ROLES)[number]

/** Signed notes want Ed25519 (C2SP signed-note); cosign and other verifiers of statements want P-256. */
const ALGORITHMS: Readonly<Record<KeyFileRole, KeyAlgorithm>> = {
  assessor: 'P-256',
  policy: 'P-256',
  consent: 'P-256',
  log: 'Ed25519',
}

/** Bytes. A key file is below 600. */
const MAX_KEY_FILE_BYTES = 8192

/** One public key, to be handed to those who verify. */
export interface PublicKeyListing {
  readonly role: KeyFileRole
  readonly keyId: string
  readonly algorithm: KeyAlgorithm
  readonly publicKeyPem: string
  /** Where the private key is kept. */
  readonly path: string
}

/** A signer for each role. */
export interface RoleKeys extends Readonly<Record<KeyFileRole, Signer>> {
  /** The public halves, in the order of {@link KEY_FILE_ROLES}. */
  listPublicKeys(): readonly PublicKeyListing[]
}

/**
 * The keys in a folder (mode 0700), one file a role (mode 0600). A key that is not there yet is made, durably, and one
 * that is there is never written over. With a passphrase, new keys are encrypted and old ones must be.
 * @throws SallyportError `KEY_INVALID` for a wrong mode, owner, role or passphrase, `STORE_FAILED` when the disk refuses
 */
export async function openKeyFolder(options: {
  readonly folder: string
  readonly passphrase?: string
}): Promise<RoleKeys> {
  const { folder, passphrase } = options
  await ensureFolder(folder)
  const signers = {
    assessor: await openKey(folder, 'assessor', passphrase),
    policy: await openKey(folder, 'policy', passphrase),
    consent: await openKey(folder, 'consent', passphrase),
    log: await openKey(folder, 'log', passphrase),
  }
  refuseSharedKeys(signers)
  const listing = KEY_FILE_ROLES.map((role) => {
    const { keyId, algorithm, publicKeyPem } = signers[role]
    return { role, keyId, algorithm, publicKeyPem, path: pathOf(folder, role) }
  })
  return { ...signers, listPublicKeys: () => listing }
}

async function ensureFolder(folder: string): Promise<void> {
  await storing(`cannot make the key folder ${folder}`, () => mkdir(folder, { recursive: true, mode: 0o700 }))
  const stat = await storing(`cannot read the key folder ${folder}`, () => lstat(folder))
  if (!stat.isDirectory()) throw new SallyportError('KEY_INVALID', `${folder} is not a folder`)
  refuseOthers(stat, folder, '700')
}

async function openKey(folder: string, role: KeyFileRole, passphrase: string | undefined): Promise<Signer> {
  const path = pathOf(folder, role)
  const pem = (await readKey(path)) ?? (await createKey(folder, role, passphrase))
  const signer = signerAt(path, pem, passphrase)
  if (signer.algorithm !== ALGORITHMS[role])
    throw new SallyportError(
      'KEY_INVALID',
      `${path} is ${signer.algorithm}; the ${role} key must be ${ALGORITHMS[role]}`,
    )
  return signer
}

function signerAt(path: string, pem: string, passphrase: string | undefined): Signer {
  try {
    return signerOfPem(pem, passphrase)
  } catch (cause) {
    if (cause instanceof SallyportError)
      throw new SallyportError(cause.code, `${path}: ${cause.message}`, { cause })
    throw cause
  }
}

async function readKey(path: string): Promise<string | undefined> {
  let file: FileHandle
  try {
    // A link could point the key anywhere; the mode that is checked must be that of the file that is read.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    if (codeOf(cause) === 'ELOOP')
      throw new SallyportError('KEY_INVALID', `${path} is a symbolic link`, { cause })
    throw new SallyportError('STORE_FAILED', `cannot open the key ${path}`, { cause })
  }
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw new SallyportError('KEY_INVALID', `${path} is not a file`)
    refuseOthers(stat, path, '600')
    if (stat.size > MAX_KEY_FILE_BYTES)
      throw new SallyportError('KEY_INVALID', `${path} is too large to be a key`)
    return await storing(`cannot read the key ${path}`, () => file.readFile('utf8'))
  } finally {
    await file.close()
  }
}

async function createKey(folder: string, role: KeyFileRole, passphrase: string | undefined): Promise<string> {
  const path = pathOf(folder, role)
  const draft = join(folder, `.${role}.${randomBytes(8).toString('hex')}.new`)
  const { privateKeyPem } = generateKey(ALGORITHMS[role], passphrase)
  return storing(`cannot write the key ${path}`, async () => {
    await writeDurably(draft, privateKeyPem)
    try {
      // Unlike rename, link never replaces: of two processes starting at once, one wins and both use its key.
      await link(draft, path)
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw cause
    } finally {
      await unlink(draft)
    }
    await syncFolder(folder)
    return (await readKey(path)) ?? privateKeyPem
  })
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function refuseOthers(stat: Stats, path: string, wanted: '600' | '700'): void {
  const mode = stat.mode & 0o777
  if ((mode & 0o077) !== 0)
    throw new SallyportError(
      'KEY_INVALID',
      `${path} has the mode ${mode.toString(8).padStart(4, '0')}: others can reach it. Run: chmod ${wanted} ${path}`,
    )
  const user = process.getuid?.()
  if (user !== undefined && stat.uid !== user && user !== 0)
    throw new SallyportError(
      'KEY_INVALID',
      `${path} belongs to user ${stat.uid}, not to user ${user} who runs this`,
    )
}

function refuseSharedKeys(signers: Readonly<Record<KeyFileRole, Signer>>): void {
  for (const [i, role] of KEY_FILE_ROLES.entries()) {
    const twin = KEY_FILE_ROLES.slice(i + 1).find((other) => signers[other].keyId === signers[role].keyId)
    if (twin !== undefined)
      throw new SallyportError(
        'KEY_INVALID',
        `the ${role} key and the ${twin} key are one key; they must differ`,
      )
  }
}

async function storing<T>(what: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause
    throw new SallyportError('STORE_FAILED', what, { cause })
  }
}

function pathOf(folder: string, role: KeyFileRole): string {
  return join(folder, `${role}.pem`)
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
