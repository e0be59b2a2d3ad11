import fc from 'fast-check'
import { PackageURL } from 'packageurl-js'
import { expect, test } from 'vitest'
import { makePurl, parsePurl } from './purl.ts'

test.for([
  ['pkg:npm/%40scope/name@1.0.0', { type: 'npm', namespace: '@scope', name: 'name', version: '1.0.0' }],
  ['pkg:PyPI/Flask_Login@0.6', { type: 'pypi', name: 'flask-login', version: '0.6' }],
  [
    'pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie',
    { type: 'deb', namespace: 'debian', name: 'curl', qualifiers: { arch: 'i386', distro: 'jessie' } },
  ],
  ['pkg:golang/a.example/b/c@v1#sub/path', { namespace: 'a.example/b', name: 'c', subpath: 'sub/path' }],
  ['pkg:npm/%40scope/name', { namespace: '@scope', name: 'name' }],
] as const)('%s', ([text, parts]) => {
  expect(parsePurl(text)).toMatchObject({ ok: true, value: parts })
})

test.for(['', 'npm/a', 'pkg:npm/', 'pkg:/a', 'pkg:npm/a%', `pkg:npm/${'a'.repeat(5000)}`])(
  '"%s" is none',
  (text) => {
    expect(parsePurl(text).ok).toBe(false)
  },
)

test('what is written is read again, by ourselves and as packageurl-js writes it', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', 'B', '1', '-', '.', '+', '@', ' ', '%', '/', 'ä'),
    minLength: 1,
    maxLength: 8,
  })
  const name = word.filter((text) => !text.includes('/') && text.trim() === text && !/^\.+$/.test(text))
  fc.assert(
    fc.property(name, name, (own, version) => {
      const written = makePurl({ type: 'generic', name: own, version })
      expect(parsePurl(written)).toMatchObject({ ok: true, value: { name: own, version } })
      expect(PackageURL.fromString(written)).toMatchObject({ name: own, version })
    }),
  )
})

test('anything is read without a throw', () => {
  fc.assert(fc.property(fc.string(), (text) => void parsePurl(`pkg:${text}`)))
})
