import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cruise } from './cruise.ts'

/** The rules themselves: JavaScript without types, as dependency-cruiser wants them. */
const { default: config } = (await import(
  String(new URL('../../dependency-cruiser.config.mjs', import.meta.url))
)) as { readonly default: { readonly forbidden: readonly { readonly name: string }[] } }

/** A small house in which every rule is broken once: the rule, who breaks it, and what it imports. */
const BREACHES: readonly (readonly [rule: string, from: string, imported: string])[] = [
  ['no-up-from-ground', 'src/ground/domain/up.ts', '../../formats/zip/index.ts'],
  ['no-up-from-formats', 'src/formats/zip/up.ts', '../../assessors/model/index.ts'],
  ['no-up-from-assessors', 'src/assessors/model/up.ts', '../../trust/ledger/index.ts'],
  ['no-up-from-trust', 'src/trust/policy/up.ts', '../../services/registry/index.ts'],
  ['no-up-from-services', 'src/services/registry/up.ts', '../../faces/cli/index.ts'],
  ['no-up-from-faces', 'src/faces/cli/up.ts', '../../adapters/files/index.ts'],
  ['no-up-inside-ground-from-lang', 'src/ground/lang/up.ts', '../crypto/index.ts'],
  ['no-up-inside-ground-from-crypto', 'src/ground/crypto/up.ts', '../domain/index.ts'],
  ['no-up-inside-trust-from-ledger', 'src/trust/ledger/up.ts', '../evidence/index.ts'],
  ['no-up-inside-trust-from-evidence', 'src/trust/evidence/up.ts', '../policy/index.ts'],
  ['two-wings', 'src/trust/evidence/wing.ts', '../../formats/zip/index.ts'],
  ['no-circle', 'src/ground/lang/circle-a.ts', './circle-b.ts'],
  ['rooms-have-one-door', 'src/services/registry/window.ts', '../../trust/ledger/interior.ts'],
  ['rooms-have-one-door', 'src/formats/zip/window.ts', '../../ground/lang/interior.ts'],
  ['guests-use-the-door', 'test/house/window.ts', '../../src/trust/ledger/interior.ts'],
  ['guests-use-the-door', 'src/main.ts', './adapters/files/interior.ts'],
  ['siblings-are-strangers', 'src/formats/zip/sibling.ts', '../pickle/index.ts'],
  ['siblings-are-strangers', 'src/adapters/files/sibling.ts', '../blobs/index.ts'],
  ['services-meet-by-ports', 'src/services/registry/sibling.ts', '../scan/index.ts'],
  ['siblings-are-strangers', 'src/faces/cli/sibling.ts', '../http/index.ts'],
  ['only-main-knows-adapters', 'src/services/scan/adapter.ts', '../../adapters/files/index.ts'],
  ['adapters-know-ports-only', 'src/adapters/files/upstairs.ts', '../../formats/zip/index.ts'],
  ['nobody-imports-the-roof', 'test/house/roof.ts', '../../src/main.ts'],
  ['scan-door-is-for-guests', 'src/faces/cli/scan-door.ts', '../../scan.ts'],
  ['low-floors-do-no-io', 'src/formats/zip/io.ts', 'node:fs'],
  ['low-floors-do-no-io', 'src/trust/policy/net.ts', 'node:http'],
  ['services-do-no-io', 'src/services/registry/io.ts', 'node:fs'],
  ['web-has-two-doors', 'web/src/inside.ts', '../../src/services/registry/index.ts'],
  ['nobody-knows-web', 'src/faces/cli/web.ts', '../../../web/src/page.ts'],
  ['bin-starts-only', 'bin/inside.cjs', '../src/main.ts'],
  ['product-needs-no-dev-package', 'src/faces/http/dev.ts', 'devtool'],
  ['no-orphans', 'src/formats/zip/alone.ts', ''],
  ['resolvable', 'src/formats/zip/nowhere.ts', './gone.ts'],
  ['no-test-code-in-product', 'src/formats/zip/tested.ts', './zip.test.ts'],
]
/** `proof-is-pure` looks through others: the door is innocent, what it reaches is not. */
const REACHED = ['src/proof.ts', 'src/ground/crypto/up-to-node.ts'] as const

const DOORS = [
  'formats/zip',
  'formats/pickle',
  'assessors/model',
  'trust/ledger',
  'trust/evidence',
  'trust/policy',
]
  .concat([
    'services/registry',
    'services/scan',
    'faces/cli',
    'faces/http',
    'adapters/files',
    'adapters/blobs',
  ])
  .concat(['ground/lang', 'ground/crypto', 'ground/domain'])

const folder = mkdtempSync(join(tmpdir(), 'sallyport-rules-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}
const importing = (target: string) =>
  target === '' ? 'export const x = 1\n' : `import '${target}'\nexport const x = 1\n`

/** Two packages: one that the product may know but no floor accepts, one for development only. */
function writePackages(): void {
  write('package.json', JSON.stringify({ dependencies: { leftpad: '1' }, devDependencies: { devtool: '1' } }))
  for (const name of ['leftpad', 'devtool']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }))
    write(`node_modules/${name}/index.js`, 'module.exports = 1\n')
  }
  write('web/tsconfig.json', '{"compilerOptions":{"allowImportingTsExtensions":true,"noEmit":true}}')
}

/** One file per entry of the list of accepted packages, importing a package that is not on it. */
const PLACES = [
  'ground/crypto',
  'ground/lang',
  'formats/zip',
  'formats/sevenzip',
  'formats/xz',
  'formats/bzip2',
  'formats/python',
  'formats/yaml',
  'formats/model-card',
  'formats/toml',
  'assessors/dependency',
  'assessors/model',
  'trust/evidence',
  'trust/policy',
]
  .concat([
    'trust/ledger',
    'services/settings',
    'services/scan',
    'services/reports',
    'services/registry',
    'adapters/ledger-postgres',
    'adapters/intake-tar',
    'adapters/sigstore',
    'adapters/model-files',
    'adapters/signer-aws-kms',
    'adapters/signer-gcp-kms',
    'adapters/sagemaker',
    'adapters/s3-upstream',
    'adapters/files',
  ])
  .concat(['faces/cli', 'faces/http', 'faces/hub', 'faces/oci', 'faces/pull', 'faces/mlflow'])
  .map((room) => `src/${room}/package.ts`)
  .concat(['src/proof.ts', 'src/scan.ts', 'src/worker.ts', 'web/src/package.ts', 'bin/package.cjs'])

let breaches: readonly string[] = []
beforeAll(() => {
  writePackages()
  for (const room of DOORS) {
    write(`src/${room}/index.ts`, 'export const door = 1\n')
    write(`src/${room}/interior.ts`, "import './index.ts'\nexport const interior = 1\n")
  }
  write('src/formats/zip/zip.test.ts', 'export const t = 1\n')
  write('web/src/page.ts', 'export const page = 1\n')
  write('src/ground/lang/circle-b.ts', importing('./circle-a.ts'))
  write(REACHED[1], "import 'node:fs'\nexport const y = 1\n")
  for (const [, from, imported] of BREACHES)
    write(from, from.endsWith('.cjs') ? `require('${imported}')\n` : importing(imported))
  for (const place of PLACES)
    write(place, place.endsWith('.cjs') ? "require('leftpad')\n" : importing('leftpad'))
  write(REACHED[0], "import 'leftpad'\nimport './ground/crypto/up-to-node.ts'\n")
  breaches = cruise(folder).breaches
}, 60_000)

test.for(BREACHES)('%s is broken by %s importing "%s"', ([rule, from, imported]) => {
  const target =
    imported
      .split('/')
      .at(-1)
      ?.replace(/^node:/, '') ?? ''
  const seen = breaches.filter((breach) => breach.startsWith(`${rule}: ${from} -> `))
  expect(seen.join('\n')).toContain(target)
})

test('proof-is-pure looks through what the door imports', () => {
  expect(breaches.filter((breach) => breach.startsWith(`proof-is-pure: ${REACHED[0]}`))).not.toEqual([])
})

test.for(PLACES)('a package that nobody accepted is refused in %s', (place) => {
  expect(
    breaches.filter((breach) => breach.startsWith('npm-') && breach.includes(`: ${place} -> `)),
  ).toHaveLength(1)
})

test('every rule is broken here', () => {
  const rules = config.forbidden.map((rule: { name: string }) => rule.name)
  const broken = new Set(breaches.map((breach) => breach.slice(0, breach.indexOf(':'))))
  expect(rules.filter((rule: string) => !broken.has(rule))).toEqual([])
})
