import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { changePassphrase, generateKey, signerOfPem } from '../../ground/crypto/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import {
  currentKey,
  type HouseRole,
  isKeyFile,
  type KeyBook,
  type KeyRecord,
  type KeyStore,
} from '../../services/keys/index.ts'
import {
  createPrivateFile,
  readPrivateFile,
  removePrivateFiles,
  replacePrivateFile,
  storing,
} from './private-file.ts'

/** Drafts that a process left when it was killed between writing and naming them. */
const DRAFT = /^\.[0-9a-f]{16}\.new$/

/** What only a folder of private keys can do. */
export interface KeyFolderStore extends KeyStore {
  /** Encrypts the private keys anew. @param next undefined to leave them open */
  changePassphrase(next: string | undefined): Promise<void>
  /** The private key of a role as PEM under a passphrase of its own. */
  exportKey(role: HouseRole, passphrase: string): Promise<string>
}

/** The book and the private keys in a folder. What the saved book does not place is not a key of this house. */
export function keyFileStore(of: {
  readonly folder: string
  readonly passphrase: string | undefined
  readonly book: KeyBook
}): KeyFolderStore {
  const { folder } = of
  let { book, passphrase } = of
  const save = async (next: KeyBook) => {
    await replacePrivateFile(join(folder, 'keys.json'), `${JSON.stringify(next, undefined, 2)}\n`)
    book = next
  }
  const put = async (role: HouseRole, pem: string): Promise<KeyRecord> => {
    const { keyId, publicKeyPem, algorithm } = signerOfPem(pem, passphrase)
    if (algorithm !== 'P-256')
      throw new SallyportError('KEY_INVALID', `the ${role} key must be P-256, not ${algorithm}`)
    // The number keeps what a killed run left from being in the way.
    const place = `${role}-${keyId.slice(0, 16)}-${randomBytes(8).toString('hex')}.pem`
    await createPrivateFile(join(folder, place), pem)
    return { keyId, role, publicKeyPem, origin: 'own', place }
  }
  const leftovers = async () => {
    const placed = new Set(book.keys.map(({ place }) => place))
    const names = await storing(`cannot read the key folder ${folder}`, () => readdir(folder))
    return names.filter((name) => DRAFT.test(name) || (isKeyFile(name) && !placed.has(name)))
  }
  const discard = async () => {
    const names = await leftovers()
    if (names.length > 0) await removePrivateFiles(folder, names)
    return names
  }
  const pemOf = async ({ place = '', role }: KeyRecord): Promise<string> => {
    const pem = isKeyFile(place) ? await readPrivateFile(join(folder, place)) : undefined
    if (pem !== undefined) return pem
    throw new SallyportError('NOT_SUPPORTED', `the private ${role} key lies in ${place}, not in this folder`)
  }
  return {
    book: () => book,
    save,
    make: (role) => put(role, generateKey('P-256', passphrase).privateKeyPem),
    take: (role, pem, own) => put(role, changePassphrase(pem, own, passphrase)),
    leftovers,
    discard,
    exportKey: async (role, own) => {
      const record = currentKey(book, role)
      if (record === undefined) throw new SallyportError('NOT_FOUND', `there is no ${role} key`)
      return changePassphrase(await pemOf(record), passphrase, own)
    },
    changePassphrase: async (next) => {
      const before = passphrase
      const keys: KeyRecord[] = []
      for (const record of book.keys) {
        if (record.place === undefined || !isKeyFile(record.place)) keys.push(record)
        else {
          const pem = changePassphrase(await pemOf(record), before, next)
          const place = `${record.role}-${record.keyId.slice(0, 16)}-${randomBytes(8).toString('hex')}.pem`
          await createPrivateFile(join(folder, place), pem)
          keys.push({ ...record, place })
        }
      }
      // All at once: until the book is replaced the old files are the keys, from then on the new ones.
      await save({ ...book, keys })
      passphrase = next
      await discard()
    },
  }
}
