import {
  chmod,
  copyFile,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { verifierOfPem } from '../../ground/crypto/index.ts'
import { utf8 } from '../../ground/lang/index.ts'
import { KEY_FILE_ROLES, openKeyFolder } from './open-key-folder.ts'

let home: string
let folder: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sallyport-keys-'))
  folder = join(home, 'keys')
})
afterEach(() => rm(home, { recursive: true }))

test('makes four different keys, for their owner only, and finds the same ones again', async () => {
  const first = await openKeyFolder({ folder })
  expect((await lstat(folder)).mode & 0o777).toBe(0o700)
  for (const role of KEY_FILE_ROLES)
    expect((await lstat(join(folder, `${role}.pem`))).mode & 0o777).toBe(0o600)
  expect((await readdir(folder)).sort()).toEqual(['assessor.pem', 'consent.pem', 'log.pem', 'policy.pem'])
  const again = await openKeyFolder({ folder })
  expect(again.listPublicKeys()).toEqual(first.listPublicKeys())
  expect(new Set(first.listPublicKeys().map(({ keyId }) => keyId)).size).toBe(4)
  expect(first.listPublicKeys().map(({ algorithm }) => algorithm)).toEqual([
    'P-256',
    'P-256',
    'P-256',
    'Ed25519',
  ])
})

test('each signer signs what its listed public key verifies', async () => {
  const keys = await openKeyFolder({ folder })
  for (const { role, publicKeyPem } of keys.listPublicKeys()) {
    const signature = await keys[role].sign(utf8('x'))
    expect(verifierOfPem(publicKeyPem).verify(utf8('x'), signature)).toBe(true)
    expect(verifierOfPem(publicKeyPem).verify(utf8('y'), signature)).toBe(false)
  }
})

test('ten that start at once all use the same keys', async () => {
  const all = await Promise.all(Array.from({ length: 10 }, () => openKeyFolder({ folder })))
  expect(new Set(all.map((keys) => JSON.stringify(keys.listPublicKeys()))).size).toBe(1)
  expect(await readdir(folder)).toHaveLength(4)
})

test('with a passphrase the files are encrypted, and no other passphrase opens them', async () => {
  const keys = await openKeyFolder({ folder, passphrase: 'correct horse' })
  expect(await readFile(join(folder, 'consent.pem'), 'utf8')).toMatch(
    /^-----BEGIN ENCRYPTED PRIVATE KEY-----/,
  )
  expect((await openKeyFolder({ folder, passphrase: 'correct horse' })).consent.keyId).toBe(
    keys.consent.keyId,
  )
  await expect(openKeyFolder({ folder, passphrase: 'battery' })).rejects.toThrow(
    /assessor\.pem: the passphrase does not open this key/,
  )
  await expect(openKeyFolder({ folder })).rejects.toThrow(/encrypted and no passphrase/)
})

test('a passphrase is never quietly ignored for keys that are not encrypted', async () => {
  await openKeyFolder({ folder })
  await expect(openKeyFolder({ folder, passphrase: 'x' })).rejects.toThrow(/not encrypted/)
})

test.for([
  ['a key that others can read', async () => chmod(join(folder, 'log.pem'), 0o644), /chmod 600 .*log\.pem/],
  ['a folder that others can enter', async () => chmod(folder, 0o755), /chmod 700 .*keys/],
  [
    'a key that is no key',
    async () => writeFile(join(folder, 'log.pem'), 'not a key', { mode: 0o600 }),
    /not one PEM block/,
  ],
  [
    'an empty key, as a broken disk leaves it',
    async () => writeFile(join(folder, 'log.pem'), ''),
    /not one PEM block/,
  ],
  [
    'one key for two roles',
    async () => copyFile(join(folder, 'policy.pem'), join(folder, 'consent.pem')),
    /must differ/,
  ],
  [
    'a key of the wrong sort',
    async () => copyFile(join(folder, 'policy.pem'), join(folder, 'log.pem')),
    /must be Ed25519/,
  ],
  ['a huge key', async () => writeFile(join(folder, 'log.pem'), 'x'.repeat(100_000)), /too large/],
  [
    'a link',
    async () => {
      await rename(join(folder, 'log.pem'), join(home, 'elsewhere.pem'))
      await symlink(join(home, 'elsewhere.pem'), join(folder, 'log.pem'))
    },
    /symbolic link/,
  ],
] as const)('refused, and left as it was: %s', async ([, spoil, words]) => {
  await openKeyFolder({ folder })
  await spoil()
  const before = await readFile(join(folder, 'log.pem'))
  await expect(openKeyFolder({ folder })).rejects.toMatchObject({
    code: 'KEY_INVALID',
    message: expect.stringMatching(words),
  })
  expect(await readFile(join(folder, 'log.pem'))).toEqual(before)
})
