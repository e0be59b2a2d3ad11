'use strict'
// `npm run build`: what the published package holds. Development needs none of it but web/dist.
//   dist/      the compiled src and the catalog that it imports, without tests
//   web/dist/  the console
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const { buildConsole } = require('./build-console.cjs')

const root = path.join(__dirname, '..')

function run(name, program, args) {
  const { status, error } = spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) {
    console.error(`build: ${name} failed with exit code ${status}`)
    process.exit(1)
  }
}

fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true })
run('tsc', path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ['-p', 'tsconfig.build.json'])
// The compiler copies JSON that is imported; what is read at run time by its path has to come along too.
fs.cpSync(path.join(root, 'catalog'), path.join(root, 'dist', 'catalog'), { recursive: true })
buildConsole({ force: true })
