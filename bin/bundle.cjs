'use strict'
// Two scripts of the published package that stand alone, so that a scan starts in milliseconds (ADR 0012):
//   dist/main.cjs        the command line; what needs a home, a policy or a server stands in dist/main-late.cjs,
//                        of which each command reads the modules that it uses (late-modules.cjs)
//   dist/assess-now.cjs  the assessor, for the realm of the quick scan
const crypto = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const { pathToFileURL } = require('node:url')
const { compiledValidators } = require('./compiled-validators.cjs')
const { lazyScripts } = require('./lazy-script.cjs')

const root = path.join(__dirname, '..')

/** The bundler that Vite stands on, or a part of it. */
function findRolldown(part = 'rolldown') {
  const vite = require.resolve('vite/package.json', { paths: [root, path.join(root, 'web')] })
  return pathToFileURL(require.resolve(part, { paths: [path.dirname(vite)] })).href
}

/** Modules that stay outside: Node's own, and npm's. */
function isLeftOut(id) {
  if (id.startsWith('node:')) return true
  return !/^[./]/.test(id) && !path.isAbsolute(id) && !BUNDLED.has(id)
}

/** Small packages that the command line needs at once. */
const BUNDLED = new Set(['@stricli/core', 'cli-table3', 'string-width', 'strip-ansi', 'ansi-regex'])

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

/** Bundles one entry of src/ into one file, and what it imports late into a second beside it. */
async function bundle(input, file, plugins) {
  const { rolldown } = await import(findRolldown())
  const { parseAst } = await import(findRolldown('rolldown/parseAst'))
  const bundled = await rolldown({
    input: path.join(root, 'src', input),
    platform: 'node',
    transform: { define: { SALLYPORT_RULE_SET: JSON.stringify(await ruleSet()) } },
    external: isLeftOut,
    // No package is imported for what it does on import (STYLE.md, rule 8): one whose names are not used is not loaded.
    treeshake: { moduleSideEffects: 'no-external' },
    // A number by its name costs a call where modules are set up late, and a `switch` over names is no table.
    optimization: { inlineConst: { mode: 'all', pass: 1 } },
    plugins: [...plugins.map((make) => make(parseAst)), await compiledValidators(), tablesAsText],
    logLevel: 'warn',
  })
  const { output } = await bundled.generate({
    dir: path.dirname(file),
    format: 'cjs',
    preserveModules: true,
    preserveModulesRoot: path.join(root, 'src'),
    // Comments and blanks cost time at every start; names stay, for stacks that people send us.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  })
  await bundled.close()
  const laterFile = path.basename(file).replace(/\.cjs$/, '-late.cjs')
  const { first, later } = lazyScripts(output, parseAst, laterFile)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, first)
  fs.writeFileSync(`${file}.sha256`, crypto.createHash('sha256').update(first).digest('hex'))
  if (later !== undefined) fs.writeFileSync(path.join(path.dirname(file), laterFile), later)
}

const bundleAssessor = (file) => bundle('assess-now.ts', file, [withoutExamples])

async function bundleAll(dist = path.join(root, 'dist')) {
  await bundle('main.ts', path.join(dist, 'main.cjs'), [])
  await bundleAssessor(path.join(dist, 'assess-now.cjs'))
}

module.exports = { bundleAll }
// `node bin/bundle.cjs assessor FILE`: the assessor alone, for a test.
if (require.main === module && process.argv[2] === 'assessor') void bundleAssessor(process.argv[3])
