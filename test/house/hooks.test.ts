import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-hooks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.for([
  ['feat(policy): refuse evidence older than maxAge', 0],
  ['fix(ledger)!: drop v0 tiles', 0],
  ['docs: say what a waiver is', 0],
  ["Merge branch 'x'", 0],
  ['Add stuff', 1],
  ['feat(Policy): upper case room', 1],
  ['feat(policy): ends with a stop.', 1],
  [`feat(policy): ${'long '.repeat(30)}`, 1],
  ['', 1],
] as const)('the message "%s" leaves commit-msg with %i', ([message, status]) => {
  const file = join(folder, 'message')
  writeFileSync(file, `${message}\n\nBody.\n# a comment\n`.replace(/^\n+Body/, '# nothing\n'))
  const hook = join(import.meta.dirname, '../../.githooks/commit-msg')
  expect(spawnSync('sh', [hook, file]).status).toBe(status)
})
