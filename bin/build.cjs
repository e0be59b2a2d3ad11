'use strict'
// `npm run build`: what the published package holds. Development needs none of it but web/dist.
//   dist/      the compiled src, without tests, and two scripts of it that stand alone
//   web/dist/  the console
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const { buildConsole } = require('./build-console.cjs')
const { bundleAll } = require('./bundle.cjs')

const root = path.join(__dirname, '..')

function run(name, program, args) {
  const { status, error } = spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) {
    console.error(`build: ${name} failed with exit code ${status}`)
    process.exit(1)
  }
}

/** The compiler rewrites imports from `.ts` to `.js`; the URLs by which workers are started it leaves alone. */
function rewriteWorkerUrls(folder) {
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.c?js$/.test(entry.name)) continue
    const file = path.join(entry.parentPath, entry.name)
    const text = fs.readFileSync(file, 'utf8')
    const rewritten = text.replaceAll(
      /new URL\((['"])(\.[^'"]*)\.ts\1, (import\.meta\.url|require\("url"\)\.pathToFileURL\(__filename\)\.href)\)/g,
      (_, quote, target, base) => {
        if (!fs.existsSync(path.join(entry.parentPath, `${target}.js`))) {
          console.error(`build: ${file} starts ${target}.ts, which was not compiled`)
          process.exit(1)
        }
        return `new URL(${quote}${target}.js${quote}, ${base})`
      },
    )
    if (rewritten !== text) fs.writeFileSync(file, rewritten)
  }
}

const dist = path.join(root, 'dist')
const output = path.join(root, 'dist-build')
for (const folder of [dist, output]) fs.rmSync(folder, { recursive: true, force: true })
run('tsc', path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ['-p', 'tsconfig.build.json'])
// dist/ stands where src/ stands, so that catalog/ and web/dist are found by the same relative paths from both.
fs.renameSync(path.join(output, 'src'), dist)
fs.rmSync(output, { recursive: true })
bundleAll()
  .then(() => {
    rewriteWorkerUrls(dist)
    buildConsole({ force: true })
  })
  .catch((error) => {
    console.error(`build: the scripts were not bundled: ${error.stack}`)
    process.exit(1)
  })
