import { execFileSync, spawnSync } from 'node:child_process'
import { verify } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPkcs11Key, parsePkcs11Uri } from '../../src/adapters/signer-pkcs11/index.ts'

const MODULE = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'].find(
  existsSync,
)
const isThere =
  MODULE !== undefined &&
  ['softhsm2-util', 'pkcs11-tool'].every((tool) => spawnSync(tool, ['-h']).error === undefined)
if (!isThere && process.env.SALLYPORT_REQUIRE === '1') throw new Error('SoftHSM and OpenSC are not installed')

const MESSAGE = Buffer.from('a model')
const PIN = '271828'

describe.skipIf(!isThere)('a token of SoftHSM, through OpenSC', () => {
  let folder: string
  let env: Record<string, string>
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-hsm-'))
    await mkdir(join(folder, 'tokens'))
    await writeFile(
      join(folder, 'softhsm2.conf'),
      `directories.tokendir = ${folder}/tokens\nlog.level = ERROR\n`,
    )
    await writeFile(join(folder, 'pin'), `${PIN}\n`, { mode: 0o600 })
    env = { PATH: process.env.PATH ?? '/usr/bin', SOFTHSM2_CONF: join(folder, 'softhsm2.conf') }
    const quiet = { env: { ...env, P: PIN }, stdio: 'ignore' } as const
    execFileSync(
      'softhsm2-util',
      ['--init-token', '--free', '--label', 'ml models', '--pin', PIN, '--so-pin', '31415926'],
      quiet,
    )
    for (const [i, curve] of ['prime256v1', 'secp384r1', 'secp521r1'].entries())
      execFileSync(
        'pkcs11-tool',
        [
          ...['--module', MODULE ?? '', '--token-label', 'ml models', '--login', '--pin', 'env:P'],
          ...['--keypairgen', '--key-type', `EC:${curve}`, '--id', `0${i + 1}`, '--label', `key ${i + 1}`],
        ],
        quiet,
      )
  })
  afterAll(() => rm(folder, { recursive: true }))
  const uri = (path: string, query = `pin-source=file:${folder}/pin`) =>
    `pkcs11:token=ml%20models;${path}?module-path=${MODULE}&${query}`
  const open = (text: string, secret?: string) => openPkcs11Key(text, { env, secret: async () => secret })

  test.for([
    ['id=%01', 'P-256', 'sha256'],
    ['object=key%202', 'P-384', 'sha384'],
    ['object=key%203;id=%03;type=private', 'P-521', 'sha512'],
  ] as const)('%s signs with %s what its public key verifies', async ([path, curve, hash]) => {
    const key = await open(uri(path))
    expect(key.curve).toBe(curve)
    expect(verify(hash, MESSAGE, key.publicKeyPem, await key.sign(MESSAGE))).toBe(true)
  })

  test('the PIN may be asked for; a wrong one is told in words and stands in no message', async () => {
    const asked = `pkcs11:token=ml%20models;id=%01?module-path=${MODULE}`
    expect((await (await open(asked, PIN)).sign(MESSAGE)).length).toBeGreaterThan(60)
    const failure = await (await open(asked, '999111')).sign(MESSAGE).catch((error: Error) => error)
    expect(failure).toMatchObject({ code: 'PEER_FAILED', message: expect.stringMatching(/the PIN is wrong/) })
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('999111')
    await expect(open(asked)).rejects.toMatchObject({ code: 'KEY_INVALID' })
  })

  test('the PIN is in the arguments of no process', async () => {
    const key = await open(uri('id=%01'))
    const signing = key.sign(MESSAGE)
    const seen = execFileSync('bash', [
      '-c',
      'for i in 1 2 3 4 5 6; do cat /proc/[0-9]*/cmdline 2>/dev/null; done | tr "\\0" " "',
    ]).toString()
    await signing
    expect(seen).not.toContain(PIN)
  })

  test.for([
    ['a token that is not there', () => `pkcs11:token=none;id=%01?module-path=${MODULE}`, 'PEER_FAILED'],
    ['a key that is not there', () => uri('id=%09'), 'KEY_INVALID'],
    ['a module that is none', () => 'pkcs11:token=x;id=%01?module-path=/etc/hostname', 'PEER_FAILED'],
    ['no module', () => 'pkcs11:token=x;id=%01', 'BAD_INPUT'],
  ] as readonly (readonly [string, () => string, string])[])(
    '%s is an error in words',
    async ([, text, code]) => {
      await expect(open(text(), PIN)).rejects.toMatchObject({ code })
    },
  )
})

test('without pkcs11-tool the message says what to install', async () => {
  const deps = { env: { PATH: '/nonexistent' }, secret: async () => PIN }
  await expect(openPkcs11Key('pkcs11:token=x;id=%01?module-path=/m.so', deps)).rejects.toMatchObject({
    ...{ code: 'NOT_SUPPORTED', message: expect.stringMatching(/OpenSC/) },
  })
})

test('a URI comes apart as RFC 7512 says', () => {
  const uri =
    'pkcs11:token=My%20token;object=my-key;id=%69%95%3E;type=private?module-path=/usr/lib/x.so&pin-source=file:/etc/pin'
  expect(parsePkcs11Uri(uri)).toEqual({
    ...{
      token: 'My token',
      object: 'my-key',
      id: '69953e',
      modulePath: '/usr/lib/x.so',
      pinFile: '/etc/pin',
    },
  })
})

test.for([
  ['no token', 'pkcs11:object=x', /names no token/],
  ['no key', 'pkcs11:token=x', /names no key/],
  ['a serial number', 'pkcs11:token=x;id=%01;serial=1', /cannot be chosen by serial/],
  ['an attribute twice', 'pkcs11:token=x;token=y;id=%01', /twice/],
  ['a PIN', 'pkcs11:token=x;id=%01?pin-value=1234', /PIN in the URI/],
  ['a relative module', 'pkcs11:token=x;id=%01?module-path=x.so', /absolute/],
  ['a NUL', 'pkcs11:token=x%00y;id=%01', /no text/],
  ['half an escape', 'pkcs11:token=x%2;id=%01', /%XX/],
  ['a certificate', 'pkcs11:token=x;id=%01;type=cert', /private/],
] as const)('%s is refused, and a PIN never repeated', ([, uri, words]) => {
  expect(() => parsePkcs11Uri(uri)).toThrow(words)
  expect(() => parsePkcs11Uri(uri)).not.toThrow(/1234/)
})

test('no text makes the reader of URIs throw anything else', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom('token=x', 'id=%01', ';', '?', '&', 'object=', 'module-path=/a', '%zz'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
      try {
        parsePkcs11Uri(`pkcs11:${parts.join('')}`)
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_INPUT' })
      }
    }),
    { numRuns: 2_000 },
  )
})
