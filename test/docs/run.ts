import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { rulePages } from './rule-pages.ts'

// `npm run docs:rules`: writes docs/rules anew. test/house/rule-pages.test.ts fails when it was forgotten.
const folder = join(import.meta.dirname, '../../docs/rules')
const pages = await rulePages()
rmSync(folder, { recursive: true, force: true })
for (const [name, text] of pages) {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}
process.stdout.write(`docs/rules: ${pages.size - 1} rules\n`)
