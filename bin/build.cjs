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
      /new URL\((['"`])(\.[^'"`]*)\.ts(\1,\s*)(import\.meta\.url|require\(["'`](?:node:)?url["'`]\)\.pathToFileURL\(__filename\)\.href)\)/g,
      // Not one character more: dist/main-late.cjs says of each of its modules where it stands.
      (_, ...[quote, target, between, base]) => {
        if (!fs.existsSync(path.join(entry.parentPath, `${target}.js`))) {
          console.error(`build: ${file} starts ${target}.ts, which was not compiled`)
          process.exit(1)
        }
        return `new URL(${quote}${target}.js${between}${base})`
      },
    )
    if (/new URL\([^)]{0,99}\.ts['"`]/.test(rewritten)) {
      console.error(`build: ${file} still names a source by its URL`)
      process.exit(1)
    }
    if (rewritten !== text) fs.writeFileSync(file, rewritten)
  }
}

/** `src/` as JavaScript, by taking the types out: for tests, which need no declarations and check types elsewhere. */
function stripTypes(folder) {
  const { stripTypeScriptTypes } = require('node:module')
  const source = path.join(root, 'src')
  for (const entry of fs.readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.test.ts')) continue
    const file = path.join(entry.parentPath, entry.name)
    const target = path.join(folder, path.relative(source, file).replace(/\.ts$/, '.js'))
    const text = stripTypeScriptTypes(fs.readFileSync(file, 'utf8')).replaceAll(
      /(\bfrom\s*|\bimport\s*\(?\s*)(['"])(\.{1,2}\/[^'"\n]+)\.ts\2/g,
      '$1$2$3.js$2',
    )
    fs.mkdirSync(path.dirname(target), { recursive: true })
    fs.writeFileSync(target, text)
  }
}

/** The published package in a folder, in seconds: unchecked, without declarations, on the packages of this checkout. */
async function stage(folder) {
  process.removeAllListeners('warning')
  fs.mkdirSync(folder, { recursive: true })
  const dist = path.join(folder, 'dist')
  stripTypes(dist)
  await bundleAll(dist)
  rewriteWorkerUrls(dist)
  fs.cpSync(path.join(root, 'bin'), path.join(folder, 'bin'), { recursive: true })
  fs.copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'))
  for (const part of ['catalog', 'examples', 'web', 'node_modules'])
    fs.symlinkSync(path.join(root, part), path.join(folder, part))
}

async function build() {
  const dist = path.join(root, 'dist')
  const output = path.join(root, 'dist-build')
  for (const folder of [dist, output]) fs.rmSync(folder, { recursive: true, force: true })
  run('tsc', path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ['-p', 'tsconfig.build.json'])
  // dist/ stands where src/ stands, so that catalog/ and web/dist are found by the same relative paths from both.
  fs.renameSync(path.join(output, 'src'), dist)
  fs.rmSync(output, { recursive: true })
  await bundleAll()
  rewriteWorkerUrls(dist)
  buildConsole({ force: true })
}

// `node bin/build.cjs stage FOLDER`: for tests of the whole program.
const [, , verb, folder] = process.argv
const work = verb === 'stage' && folder !== undefined ? stage(folder) : build()
work.catch((error) => {
  console.error(`build: ${error.stack}`)
  process.exit(1)
})
