'use strict'
// `npm run check`: every check of the house, in the order in which they fail fastest. All of them run, so that one
// look shows all that is wrong; the exit code is 1 if any failed. `--fast` leaves out knip and the tests (the hook).
const { spawnSync } = require('node:child_process')
const path = require('node:path')

const root = path.join(__dirname, '..')
const local = (...parts) => path.join(root, 'node_modules', ...parts)
const fast = process.argv.includes('--fast')

const steps = [
  [
    'biome',
    local('@biomejs', 'biome', 'bin', 'biome'),
    ['check', '--error-on-warnings', '--max-diagnostics=200'],
  ],
  ['tsc', local('typescript', 'bin', 'tsc'), ['-p', 'tsconfig.json']],
  ['tsc web', local('typescript', 'bin', 'tsc'), ['-p', path.join('web', 'tsconfig.json')]],
  ['knip', local('knip', 'bin', 'knip.js'), ['--no-progress']],
  // The floors (dependency-cruiser) are among the tests: test/house/house.test.ts.
  ['vitest', local('vitest', 'vitest.mjs'), ['run']],
]

const failed = []
for (const [name, program, args] of fast ? steps.slice(0, 3) : steps) {
  const started = Date.now()
  const { status, error } = spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' })
  if (error) console.error(`${name}: ${error.message}`)
  if (status !== 0) failed.push(name)
  console.error(
    `check: ${name} ${status === 0 ? 'passed' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)`,
  )
}
if (failed.length > 0) console.error(`check: failed: ${failed.join(', ')}`)
process.exit(failed.length === 0 ? 0 : 1)
