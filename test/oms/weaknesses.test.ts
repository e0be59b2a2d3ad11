import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openFileKey } from '../../src/adapters/signer-files/index.ts'
import { readOmsBundle, readOmsStatement } from '../../src/formats/oms/index.ts'
import { readPemCertificates } from '../../src/ground/crypto/index.ts'
import { signModel, verifyModel } from '../../src/services/signing/index.ts'
import {
  type Bench,
  DEPS,
  forge,
  hashOf,
  openBench,
  refusalOf,
  signHere,
  statementOver,
  verifyHere,
  verifyRequest,
} from './workbench.ts'

// What the reference accepts or gets wrong, one after the other, with numbers as in the list of its weaknesses: each was
// executed against release 1.1.1 when this was written.
let bench: Bench
beforeEach(() => {
  bench = openBench()
  bench.write({ 'model/a.bin': 'weights', 'model/config.json': '{}' })
})
afterEach(() => bench.close())

const A = { name: 'a.bin', digest: hashOf('weights') }
const CONFIG = { name: 'config.json', digest: hashOf('{}') }

describe('1: order', () => {
  test('names are sorted by their UTF-8 bytes, neither by parts nor by UTF-16 units', async () => {
    const names = ['a-b', 'a.b', 'a/b', '\u{ff5e}', '\u{1f600}']
    bench.write(Object.fromEntries(names.map((name) => [`sorted/${name}`, name])))
    const bundle = await signHere(bench, 'sorted')
    expect(readOmsStatement(readOmsBundle(bundle).payload).resources.map(({ file }) => file)).toEqual(names)
    expect((await verifyHere(bench, 'sorted')).files).toBe(names.length)
  })

  test('the order of a statement is taken as it is listed, and its root counted in it', async () => {
    const listed = forge(bench, statementOver([CONFIG, A]))
    expect((await verifyHere(bench, 'model', { bundle: listed })).files).toBe(2)
    const statement = statementOver([CONFIG, A])
    const wrong = forge(bench, { ...statement, subject: statementOver([A, CONFIG]).subject })
    expect(await refusalOf(verifyHere(bench, 'model', { bundle: wrong }))).toMatch(
      /its root is not that of the files/,
    )
  })
})

describe('2 and 11: links', () => {
  test('a linked folder is refused when signing and when verifying, whatever the statement says of links', async () => {
    bench.write({ 'outside/evil.py': 'print(1)' })
    const bundle = forge(bench, statementOver([A, CONFIG], { allow_symlinks: true }))
    expect((await verifyHere(bench, 'model', { bundle })).files).toBe(2)
    symlinkSync(join(bench.folder, 'outside'), join(bench.folder, 'model/code'))
    expect(await refusalOf(verifyHere(bench, 'model', { bundle }))).toMatch(
      /^BAD_INPUT: "code": symbolic links/,
    )
    expect(await refusalOf(signHere(bench, 'model'))).toMatch(/^BAD_INPUT: "code": symbolic links/)
  })

  test('--allow-symlinks is refused with the reason', () => {
    for (const verb of ['sign', 'verify']) {
      const run = spawnSync(
        process.execPath,
        [
          join(import.meta.dirname, '../../src/main.ts'),
          verb,
          join(bench.folder, 'model'),
          '--allow-symlinks',
        ],
        { encoding: 'utf8' },
      )
      expect(run.status).toBe(3)
      expect(run.stderr).toContain('what a link leads to can be changed after signing')
    }
  })
})

test.for(['../outside/secret', '/etc/passwd', 'a/../../b', './a.bin', 'a//b', 'C:/x', 'a\\b'])(
  '3: the name %s leads out of the model or is written oddly, and is refused even with --ignore-unsigned-files',
  async (name) => {
    bench.write({ 'outside/secret': 'secret' })
    const bundle = forge(bench, statementOver([{ name, digest: hashOf('secret') }]))
    expect(await refusalOf(verifyHere(bench, 'model', { bundle, ignoreUnsignedFiles: true }))).toMatch(
      /^SIGNATURE_INVALID/,
    )
  },
)

describe('4: ignore lists', () => {
  test.for(['.', './', '..', '/', '../model'])('a signature that ignores "%s" is refused', async (path) => {
    const bundle = forge(bench, statementOver([A], { ignore_paths: [path] }))
    expect(await refusalOf(verifyHere(bench, 'model', { bundle }))).toMatch(/^SIGNATURE_INVALID: .*ignores/)
  })

  test.for([
    ['code.py', 'print(1)'],
    ['deep/weights.pkl', 'x'],
    ['config.json', '{"auto_map": {}}'],
    ['noname', '\x80\x04K\x01.'],
    ['script', '#!/bin/sh\n'],
  ] as const)(
    'a signature that hides the loadable %s is refused, and whoever verifies may answer for it',
    async ([name, text]) => {
      bench.write({ 'hidden/a.bin': 'weights' })
      writeBytes(bench, `hidden/${name}`, text)
      const bundle = forge(bench, statementOver([A], { ignore_paths: [name.split('/')[0] ?? name] }))
      expect(await refusalOf(verifyHere(bench, 'hidden', { bundle }))).toMatch(
        /^SIGNATURE_INVALID: .*programs would load/,
      )
      expect((await verifyHere(bench, 'hidden', { bundle, ignorePaths: [name] })).files).toBe(1)
    },
  )

  test('what no program loads may be ignored', async () => {
    bench.write({ 'model/NOTES.md': 'words' })
    await signHere(bench, 'model', { ignorePaths: ['NOTES.md'] })
    bench.write({ 'model/NOTES.md': 'other words' })
    expect((await verifyHere(bench, 'model')).files).toBe(2)
  })

  test('who signs is told what those who verify will be refused for', async () => {
    const key = await openFileKey(bench.key, { secret: async () => undefined, warn: () => undefined })
    const request = {
      path: join(bench.folder, 'model'),
      signaturePath: join(bench.folder, 's'),
      ignorePaths: ['a.bin'],
      ignoreGitPaths: true,
      algorithm: 'sha256',
    } as const
    expect((await signModel(DEPS, request, { kind: 'key', key })).hidden.map(({ name }) => name)).toEqual([
      'a.bin',
    ])
  })
})

test('5: one name twice is refused', async () => {
  const twice = forge(bench, statementOver([{ ...A, digest: hashOf('other') }, A, CONFIG]))
  expect(await refusalOf(verifyHere(bench, 'model', { bundle: twice }))).toMatch(/lists "a.bin" twice/)
})

test('6: an empty model is neither signed nor verified', async () => {
  mkdirSync(join(bench.folder, 'empty'))
  expect(await refusalOf(signHere(bench, 'empty'))).toMatch(/^BAD_INPUT: .*holds no files to sign/)
  const bundle = forge(bench, statementOver([]))
  expect(await refusalOf(verifyHere(bench, 'empty', { bundle }))).toMatch(
    /^SIGNATURE_INVALID: .*lists no files/,
  )
})

test('7: a certificate must hold at the real time, not at the time it began', async () => {
  const roots = await signCertified(bench)
  const believed = { kind: 'certificate', roots, label: 'root' } as const
  const request = verifyRequest(bench, 'model', { believed: [believed] })
  expect((await verifyModel(DEPS, request)).signer.identity).toBe('signer')
  const later = { ...DEPS, now: () => new Date(Date.now() + 2 * 86_400_000) }
  expect(await refusalOf(verifyModel(later, request))).toMatch(/^SIGNER_UNTRUSTED: .*has expired on/)
})

describe('8: what git keeps beside a model', () => {
  test.for(['.github/run.py', '.gitattributes', '.git/evil.so'])(
    'a loadable %s that came later is seen',
    async (name) => {
      await signHere(bench, 'model')
      writeBytes(bench, `model/${name}`, '\x80\x04K\x01.')
      expect(await refusalOf(verifyHere(bench, 'model'))).toMatch(/^SIGNATURE_INVALID: .*programs would load/)
    },
  )
  test('ordinary ones are left alone', async () => {
    await signHere(bench, 'model')
    bench.write({
      'model/.gitattributes': '*.bin filter=lfs',
      'model/.github/ci.yml': 'on: push',
      'model/.git/HEAD': 'ref',
    })
    expect((await verifyHere(bench, 'model')).files).toBe(2)
  })
})

describe('9: shards', () => {
  const SHARDS = { shardSize: 3 }
  test('a model is signed and verified in runs, as the specification writes them', async () => {
    const bundle = await signHere(bench, 'model', SHARDS)
    const { resources, shardSize } = readOmsStatement(readOmsBundle(bundle).payload)
    expect(shardSize).toBe(3)
    expect(resources.map(({ file, range }) => `${file}:${range?.start}:${range?.end}`)).toEqual([
      'a.bin:0:3',
      'a.bin:3:6',
      'a.bin:6:7',
      'config.json:0:2',
    ])
    expect((await verifyHere(bench, 'model')).files).toBe(2)
  })
  test('an empty file that came later is seen, and one that is there is not signed', async () => {
    await signHere(bench, 'model', SHARDS)
    bench.write({ 'model/__init__.py': '' })
    expect(await refusalOf(verifyHere(bench, 'model'))).toMatch(/never signed: "__init__.py"/)
    expect(await refusalOf(signHere(bench, 'model', SHARDS))).toMatch(/"__init__.py" is empty/)
  })
  test.for([
    ['longer', 'weights!'],
    ['shorter', 'weight'],
    ['other', 'weighty'],
    ['empty', ''],
  ] as const)('a file that became %s is seen', async ([, text]) => {
    await signHere(bench, 'model', SHARDS)
    bench.write({ 'model/a.bin': text })
    expect(await refusalOf(verifyHere(bench, 'model'))).toMatch(/changed since it was signed: "a.bin"/)
  })
  test('what the reference writes is read: 3.0 for the size, sha256-sharded-3 for the hash', async () => {
    const runs = [
      ['a.bin', 0, 3],
      ['a.bin', 3, 6],
      ['a.bin', 6, 7],
      ['config.json', 0, 2],
    ] as const
    const text = { 'a.bin': 'weights', 'config.json': '{}' }
    const resources = runs.map(([name, from, to]) => ({
      name: `${name}:${from}:${to}`,
      digest: hashOf(text[name].slice(from, to)),
      algorithm: 'sha256-sharded-3',
    }))
    const bundle = forge(bench, statementOver(resources, { method: 'shards', shard_size: 3.0 }))
    expect((await verifyHere(bench, 'model', { bundle })).files).toBe(2)
    const holed = forge(bench, statementOver(resources.toSpliced(1, 1), { method: 'shards', shard_size: 3 }))
    expect(await refusalOf(verifyHere(bench, 'model', { bundle: holed }))).toMatch(
      /changed since it was signed: "a.bin"/,
    )
  })
})

test.for(['blake2b', 'blake3'] as const)('10: manifests in %s verify', async (algorithm) => {
  await signHere(bench, 'model', { algorithm })
  expect((await verifyHere(bench, 'model')).manifest.hash).toBe(algorithm)
  bench.write({ 'model/a.bin': 'weighty' })
  expect(await refusalOf(verifyHere(bench, 'model'))).toMatch(/changed since it was signed/)
})

describe('beyond the list', () => {
  test('the root does not cover names: two files that changed places are seen', async () => {
    await signHere(bench, 'model')
    const at = (name: string) => join(bench.folder, 'model', name)
    renameSync(at('a.bin'), at('x'))
    renameSync(at('config.json'), at('a.bin'))
    renameSync(at('x'), at('config.json'))
    expect(await refusalOf(verifyHere(bench, 'model'))).toMatch(
      /changed since it was signed: "a.bin", "config.json"/,
    )
  })
  test('another predicate is another claim, however well signed', async () => {
    const bundle = forge(bench, statementOver([A, CONFIG], {}, 'https://slsa.dev/verification_summary/v1'))
    expect(await refusalOf(verifyHere(bench, 'model', { bundle }))).toMatch(/claims "https:\/\/slsa.dev/)
  })
  test('a file that came later and one that went are both named', async () => {
    await signHere(bench, 'model')
    renameSync(join(bench.folder, 'model/a.bin'), join(bench.folder, 'model/b.bin'))
    expect(await refusalOf(verifyHere(bench, 'model'))).toMatch(
      /not here: "a.bin"; here and never signed: "b.bin"/,
    )
  })
})

function writeBytes(at: Bench, name: string, text: string): void {
  at.write({ [name]: '' })
  writeFileSync(join(at.folder, name), Buffer.from(text, 'latin1'))
}

/** Signs with a certificate of one day, made by openssl. */
async function signCertified(at: Bench) {
  const cert = join(at.folder, 'leaf.pem')
  const usages = ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=codeSigning']
  const args = ['-x509', '-new', '-key', at.key, '-subj', '/CN=signer', '-days', '1', '-out', cert]
  const made = spawnSync('openssl', ['req', ...args, ...usages.flatMap((usage) => ['-addext', usage])])
  if (made.status !== 0) throw new Error(String(made.stderr))
  const certificates = readPemCertificates(readFileSync(cert, 'utf8'), cert)
  const key = await openFileKey(at.key, { secret: async () => undefined, warn: () => undefined })
  const { path, signaturePath } = verifyRequest(at, 'model', { bundle: new Uint8Array() })
  const request = { path, signaturePath, ignorePaths: [], ignoreGitPaths: true, algorithm: 'sha256' } as const
  const { bundle } = await signModel(DEPS, request, { kind: 'certificate', key, certificates })
  writeFileSync(signaturePath, bundle)
  return certificates
}
