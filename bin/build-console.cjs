'use strict'
// Builds web/dist with Vite when it is missing or older than what it is made of.
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '..')
const web = path.join(root, 'web')
const page = path.join(web, 'dist', 'index.html')
/** What the console is made of: its own source, and the two doors of src that it may know. */
const SOURCES = [
  path.join(web, 'src'),
  path.join(web, 'public'),
  path.join(web, 'index.html'),
  path.join(web, 'vite.config.ts'),
  path.join(web, 'package.json'),
  path.join(root, 'src', 'proof.ts'),
  path.join(root, 'src', 'ground'),
  path.join(root, 'src', 'faces', 'http', 'contract.ts'),
]

/** Time of the newest file at or below a path, in milliseconds; 0 when there is none. */
function newest(place) {
  const stat = fs.statSync(place, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...fs.readdirSync(place).map((name) => newest(path.join(place, name))))
}

const isFresh = () => fs.existsSync(page) && fs.statSync(page).mtimeMs >= Math.max(...SOURCES.map(newest))

/** Ends the process with 1 when Vite fails: a console that is not there must not be found out later. */
function buildConsole({ force = false } = {}) {
  if (!force && isFresh()) return
  const vite = [path.join(root, 'node_modules'), path.join(web, 'node_modules')]
    .map((modules) => path.join(modules, 'vite', 'bin', 'vite.js'))
    .find((file) => fs.existsSync(file))
  if (vite === undefined) {
    console.error('build: vite is not installed; run npm ci first')
    process.exit(1)
  }
  process.stderr.write('Building the console (once, until its source changes) …\n')
  const args = [vite, 'build', '--logLevel', 'warn']
  const { status, error } = spawnSync(process.execPath, args, { cwd: web, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) {
    console.error(`build: the console does not build (vite ended with ${status})`)
    process.exit(1)
  }
}

module.exports = { buildConsole }
if (require.main === module) buildConsole({ force: process.argv.includes('--force') })
