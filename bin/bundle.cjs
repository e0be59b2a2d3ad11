'use strict'
// Two scripts of the published package that stand alone, so that a scan starts in milliseconds (ADR 0013):
//   dist/main.cjs        the command line; what needs a home, a policy or a server it loads late from dist/
//   dist/assess-now.cjs  the assessor, for the realm of the quick scan
const path = require('node:path')
const { pathToFileURL } = require('node:url')

const root = path.join(__dirname, '..')

/** The bundler that Vite stands on. */
function findRolldown() {
  const vite = require.resolve('vite/package.json', { paths: [root, path.join(root, 'web')] })
  return pathToFileURL(require.resolve('rolldown', { paths: [path.dirname(vite)] })).href
}

/** Modules that stay outside: Node's own, npm's, and our own rooms that are loaded late. */
function isLeftOut(id, late) {
  if (id.startsWith('node:')) return true
  if (late.some((place) => id.endsWith(place))) return true
  return !/^[./]/.test(id) && !path.isAbsolute(id) && !BUNDLED.has(id)
}

/** Small packages that the command line needs at once. */
const BUNDLED = new Set([
  '@stricli/core',
  'picocolors',
  'cli-table3',
  'string-width',
  'strip-ansi',
  'ansi-regex',
])

/** Bundles one entry of src/ into one file; what ends as in `late` is left where it stands. */
async function bundle(input, file, late) {
  const { rolldown } = await import(findRolldown())
  const bundled = await rolldown({
    input: path.join(root, 'src', input),
    platform: 'node',
    external: (id) => isLeftOut(id, late),
    logLevel: 'warn',
  })
  await bundled.write({
    file,
    format: 'cjs',
    codeSplitting: false,
    paths: (id) =>
      late.reduce((name, place) => (name.endsWith(place) ? `.${place.replace(/\.ts$/, '.js')}` : name), id),
  })
  await bundled.close()
}

const LATE = ['/home.ts', '/services/reports/index.ts', '/assessors/model/index.ts']

const bundleAssessor = (file) => bundle('assess-now.ts', file, [])

async function bundleAll() {
  await bundle('main.ts', path.join(root, 'dist', 'main.cjs'), LATE)
  await bundleAssessor(path.join(root, 'dist', 'assess-now.cjs'))
}

module.exports = { bundleAll }
// `node bin/bundle.cjs assessor FILE`: the assessor alone, for a test.
if (require.main === module && process.argv[2] === 'assessor') bundleAssessor(process.argv[3])
