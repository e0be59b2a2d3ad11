'use strict'
// Two scripts of the published package that stand alone, so that a scan starts in milliseconds (ADR 0012):
//   dist/main.cjs        the command line; what needs a home, a policy or a server it loads late from dist/
//   dist/assess-now.cjs  the assessor, for the realm of the quick scan
const crypto = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const { pathToFileURL } = require('node:url')

const root = path.join(__dirname, '..')

/** The bundler that Vite stands on, or a part of it. */
function findRolldown(part = 'rolldown') {
  const vite = require.resolve('vite/package.json', { paths: [root, path.join(root, 'web')] })
  return pathToFileURL(require.resolve(part, { paths: [path.dirname(vite)] })).href
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

/** The examples of rules prove them in tests and in their documentation; a scan needs none, and building them takes time. */
function withoutExamples(parseAst) {
  return {
    name: 'without-examples',
    transform(code, id) {
      if (!/[\\/]assessors[\\/]model[\\/]rules[\\/].+\.ts$/.test(id)) return null
      const places = parseAst(code, { lang: 'ts' }, id)
        .body.filter(
          ({ type, declaration }) =>
            type === 'ExportNamedDeclaration' && declaration?.type === 'VariableDeclaration',
        )
        .flatMap(({ declaration }) => declaration.declarations)
        .flatMap(({ init }) => (init?.type === 'ObjectExpression' ? init.properties : []))
        .filter(({ type, key }) => type === 'Property' && key.name === 'examples')
        .map(({ value }) => value)
        .sort((a, b) => b.start - a.start)
      return places.reduce(
        (text, { start, end }) => `${text.slice(0, start)}{ fires: [], silent: [] }${text.slice(end)}`,
        code,
      )
    },
  }
}

/** V8 reads a text of JSON several times faster than the same table written as code. */
const tablesAsText = {
  name: 'tables-as-text',
  transform(code, id) {
    if (!id.endsWith('.json')) return null
    const text = JSON.stringify(JSON.stringify(JSON.parse(code)))
    return { code: `export default JSON.parse(${text})`, moduleType: 'js' }
  },
}

/** The digest of rules and lists, as an assessment states it. */
async function ruleSet() {
  const { joinFiles } = await import(
    pathToFileURL(path.join(root, 'src', 'assessors', 'model', 'index.ts')).href
  )
  return joinFiles([], new Date(0), new Date(0)).assessor.ruleSet
}

/** Bundles one entry of src/ into one file; what ends as in `late` is left where it stands. */
async function bundle(input, file, late) {
  const { rolldown } = await import(findRolldown())
  const { parseAst } = await import(findRolldown('rolldown/parseAst'))
  const bundled = await rolldown({
    input: path.join(root, 'src', input),
    platform: 'node',
    transform: { define: { SALLYPORT_RULE_SET: JSON.stringify(await ruleSet()) } },
    external: (id) => isLeftOut(id, late),
    plugins: [withoutExamples(parseAst), tablesAsText],
    logLevel: 'warn',
  })
  await bundled.write({
    file,
    format: 'cjs',
    // Comments and blanks cost time at every start; names stay, for stacks that people send us.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    codeSplitting: false,
    paths: (id) =>
      late.reduce((name, place) => (name.endsWith(place) ? `.${place.replace(/\.ts$/, '.js')}` : name), id),
  })
  await bundled.close()
  const text = fs
    .readFileSync(file, 'utf8')
    .replace(BUILT_IN, (_, name, id) => `const ${name} = whenAsked("${id}");`)
  fs.writeFileSync(file, `${WHEN_ASKED}${text}`)
  fs.writeFileSync(
    `${file}.sha256`,
    crypto.createHash('sha256').update(WHEN_ASKED).update(text).digest('hex'),
  )
}

/** Node's own modules take milliseconds to load, and most scans need few of them. */
const BUILT_IN = /\blet (\w+) ?= ?require\([`"](node:[\w/]+)[`"]\);/g
const WHEN_ASKED =
  'const whenAsked = (id) => { let loaded; return new Proxy({}, { get: (_, key) => (loaded ??= require(id))[key] }) };\n'

const LATE = [
  '/home.ts',
  '/services/reports/index.ts',
  '/services/scan/parse-suppressions.ts',
  '/assessors/model/index.ts',
]

const bundleAssessor = (file) => bundle('assess-now.ts', file, [])

async function bundleAll() {
  await bundle('main.ts', path.join(root, 'dist', 'main.cjs'), LATE)
  await bundleAssessor(path.join(root, 'dist', 'assess-now.cjs'))
}

module.exports = { bundleAll }
// `node bin/bundle.cjs assessor FILE`: the assessor alone, for a test.
if (require.main === module && process.argv[2] === 'assessor') void bundleAssessor(process.argv[3])
