import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { fuzz, TARGETS } from './targets.ts'

/** `npm run fuzz -- --count 1000000 --parser pickle --seed 1`: the long count for every parser, over 5 million in all; writes docs/fuzz-report.md. */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    parser: { type: 'string' },
    seed: { type: 'string', default: '1' },
    report: { type: 'string', default: 'docs/fuzz-report.md' },
  },
})
const count = Number(values.count)
const seed = Number(values.seed)
const targets = TARGETS.filter(({ name }) => values.parser === undefined || name === values.parser)
if (targets.length === 0 || !Number.isSafeInteger(count) || count < 1) {
  process.stderr.write(
    `--parser is one of ${TARGETS.map(({ name }) => name).join(', ')}; --count a positive number\n`,
  )
  process.exit(3)
}
const lines = [
  '# Fuzz report',
  '',
  `Written by \`npm run fuzz -- --count ${count} --seed ${seed}\` on ${new Date().toISOString()} with Node ${process.version}.`,
  'Inputs are seeded mutations of the examples of every rule, and for pickle random opcodes too. A failure is anything thrown, or over 1 s.',
  '',
  '| parser | inputs | failures | slowest, ms | seconds |',
  '| --- | --- | --- | --- | --- |',
]
let failed = 0
for (const target of targets) {
  const start = performance.now()
  const { inputs, failures, slowestMs } = await fuzz(target, Math.ceil(count * (target.share ?? 1)), seed)
  failed += failures.length
  const row = `| ${target.name} | ${inputs} | ${failures.length} | ${slowestMs.toFixed(1)} | ${((performance.now() - start) / 1000).toFixed(0)} |`
  lines.push(row)
  process.stdout.write(`${row}\n`)
  for (const { input, why } of failures) process.stdout.write(`${why}\n  input ${input}\n`)
  await writeFile(values.report, `${lines.join('\n')}\n`)
}
process.exit(failed === 0 ? 0 : 1)
