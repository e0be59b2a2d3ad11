import { randomBytes } from 'node:crypto'
import { findPasswords, findSecrets } from '../../src/assessors/model/index.ts'

/** How fast the search for secrets passes over texts that hold none: `node bench/secrets/run.ts`. */
const texts: readonly (readonly [string, string])[] = [
  ['words', 'the of and model attention layer query key value weights token ids\n'.repeat(300_000)],
  ['base64', randomBytes(15_000_000).toString('base64')],
  ['numbers', '0.123456789,-1.5e-3,42\n'.repeat(800_000)],
]
for (const [name, text] of texts) {
  const start = process.cpuUsage()
  const found = findSecrets(text).length + findPasswords(text, false).length
  const seconds = process.cpuUsage(start).user / 1e6
  process.stdout.write(
    `${name}: ${(text.length / 1e6 / seconds).toFixed(0)} MB/s of CPU time, ${found} found\n`,
  )
}
