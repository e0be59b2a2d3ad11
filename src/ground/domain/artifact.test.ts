import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ManifestEntry, makeManifest } from './artifact.ts'
import { digestOfBytes, digestOfHash, digestOfJson, hexOfDigest, parseDigest } from './digest.ts'
import { worstVerdict } from './finding.ts'

const HASH = 'a'.repeat(64)
const entry = (name: string, more: Partial<ManifestEntry> = {}): ManifestEntry => ({
  name,
  size: 1,
  sha256: HASH,
  ...more,
})
const digestOf = (entries: readonly ManifestEntry[]) => {
  const made = makeManifest(entries)
  return made.ok ? made.value.digest : made.error
}
const part = fc.stringMatching(/^[a-zA-Z0-9_\u00e4\u20ac\u{1f600}-]{1,6}$/u)
const names = fc.uniqueArray(
  fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
  { minLength: 1, maxLength: 8 },
)

test('the identity is the SHA-256 of the sorted list, and the OMS root that of the raw digests', () => {
  const made = makeManifest([entry('b', { sha256: 'b'.repeat(64) }), entry('a')])
  if (!made.ok) throw new Error(made.error)
  const text = `[{"name":"a","sha256":"${HASH}","size":1},{"name":"b","sha256":"${'b'.repeat(64)}","size":1}]`
  expect(hexOfDigest(made.value.digest)).toBe(createHash('sha256').update(text).digest('hex'))
  expect(made.value.omsRoot).toBe(
    createHash('sha256')
      .update(Buffer.from(HASH + 'b'.repeat(64), 'hex'))
      .digest('hex'),
  )
})

test('names sort by UTF-8 bytes: neither by path parts nor by UTF-16 unit', () => {
  const made = makeManifest(['a/b', 'a.b', 'a-b', '\u{1f600}', '\uff5e', 'Z'].map((name) => entry(name)))
  if (!made.ok) throw new Error(made.error)
  expect(made.value.entries.map(({ name }) => name)).toEqual([
    'Z',
    'a-b',
    'a.b',
    'a/b',
    '\uff5e',
    '\u{1f600}',
  ])
})

test('the order in which files are given does not matter', () => {
  fc.assert(
    fc.property(
      names.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      ([one, other]) => {
        expect(digestOf(other.map((name) => entry(name)))).toBe(digestOf(one.map((name) => entry(name))))
      },
    ),
  )
})

test('another name, size or hash is another model', () => {
  fc.assert(
    fc.property(names, fc.nat(), (list, pick) => {
      const files = list.map((name) => entry(name))
      const at = pick % files.length
      for (const change of [{ name: `${files[at]?.name}x/new` }, { size: 2 }, { sha256: 'b'.repeat(64) }])
        expect(digestOf(files.map((file, i) => (i === at ? { ...file, ...change } : file)))).not.toBe(
          digestOf(files),
        )
    }),
  )
})

test.for<readonly [string, string]>([
  ['an empty name', ''],
  ['a name that leaves', '../x'],
  ['a name that leaves from within', 'a/../../x'],
  ['a name with a dot part', './x'],
  ['an empty part', 'a//b'],
  ['a trailing slash', 'a/'],
  ['an absolute name', '/etc/passwd'],
  ['a drive', 'C:x'],
  ['a backslash', 'a\\..\\b'],
  ['a NUL', 'a\0b'],
  ['a lone surrogate', 'a\ud800'],
  ['4097 bytes', 'x'.repeat(4097)],
])('refuses %s', ([, name]) => {
  expect(makeManifest([entry(name)])).toMatchObject({ ok: false })
})

test.for<readonly [string, readonly ManifestEntry[]]>([
  ['no files', []],
  ['one name twice', [entry('a'), entry('a')]],
  ['a negative size', [entry('a', { size: -1 })]],
  ['half a byte', [entry('a', { size: 0.5 })]],
  ['an unsafe size', [entry('a', { size: 2 ** 53 })]],
  ['a hash in upper case', [entry('a', { sha256: 'A'.repeat(64) })]],
  ['a short hash', [entry('a', { sha256: 'a' })]],
])('refuses %s', ([, files]) => {
  expect(makeManifest(files)).toMatchObject({ ok: false })
})

test('a digest has one form', () => {
  expect(parseDigest(`sha256:${HASH}`)).toEqual({ ok: true, value: `sha256:${HASH}` })
  for (const text of [
    HASH,
    `SHA256:${HASH}`,
    `sha256:${HASH.toUpperCase()}`,
    `sha256:${HASH}a`,
    `sha512:${HASH}`,
    `sha256:${HASH}\n`,
    '',
  ])
    expect(parseDigest(text)).toMatchObject({ ok: false })
  expect(digestOfBytes(new Uint8Array())).toBe(
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  )
  expect(digestOfJson({ b: 1, a: 2 })).toBe(digestOfBytes(Buffer.from('{"a":2,"b":1}')))
  expect(digestOfHash(Buffer.from(HASH, 'hex'))).toBe(`sha256:${HASH}`)
})

test('nothing looked at is undecided; the worst of several counts', () => {
  expect(worstVerdict([])).toBe('undecided')
  expect(worstVerdict(['clean', 'suspicious'])).toBe('suspicious')
  expect(worstVerdict(['suspicious', 'undecided', 'clean'])).toBe('undecided')
  expect(worstVerdict(['undecided', 'malicious'])).toBe('malicious')
  expect(worstVerdict(['clean'])).toBe('clean')
})
