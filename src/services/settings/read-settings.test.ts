import { expect, test } from 'vitest'
import { readSettings } from './index.ts'

test('without anything said, everything is on loopback and in the XDG data folder', () => {
  const settings = readSettings({ XDG_DATA_HOME: '/data' }, () => undefined)
  expect(settings).toMatchObject({
    home: '/data/sallyport',
    host: '127.0.0.1',
    port: 7450,
    opsPort: 7452,
    importRoots: [],
  })
  expect(Object.isFrozen(settings)).toBe(true)
})

test('the environment wins over the file, and lists may be written both ways', () => {
  const yaml = 'port: 8000\nallowedHosts: [a.example, b.example]\norigin: example.com/log\n'
  const settings = readSettings({ SALLYPORT_PORT: '9000', SALLYPORT_IMPORT_ROOTS: '/a, /b' }, () => yaml)
  expect(settings).toMatchObject({ port: 9000, origin: 'example.com/log' })
  expect(settings.allowedHosts).toEqual(['a.example', 'b.example'])
  expect(settings.importRoots).toEqual(['/a', '/b'])
})

test.for([
  ['a port that is none', { SALLYPORT_PORT: '70000' }, '', /SALLYPORT_PORT: "70000"/],
  ['an empty port', { SALLYPORT_PORT: '' }, '', /SALLYPORT_PORT/],
  ['an empty home', { SALLYPORT_HOME: '' }, '', /SALLYPORT_HOME is empty/],
  ['a setting that is not known', {}, 'prot: 1', /"prot" is no setting/],
  ['a file that is no YAML', {}, 'a: [', /not YAML/],
  ['a file of aliases', {}, 'a: &a [1]\nb: *a', /sallyport\.yaml/],
  ['a list as file', {}, '- a', /by name/],
  ['a setting that is a map', {}, 'host: {a: 1}', /"host" must be/],
  ['an origin with a scheme', { SALLYPORT_ORIGIN: 'https://x' }, '', /without scheme/],
  ['an import root that is relative', { SALLYPORT_IMPORT_ROOTS: 'models' }, '', /absolute/],
  ['a certificate without its key', { SALLYPORT_TLS_CERT_FILE: 'c.pem' }, '', /go together/],
] as const)('%s is refused by name', ([, env, yaml, message]) => {
  expect(() => readSettings(env, () => (yaml === '' ? undefined : yaml))).toThrow(message)
})
