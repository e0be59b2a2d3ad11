import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ruleSetDigest } from './rule-set.ts'

const root = new URL('../../../', import.meta.url).pathname
const listsIn = (text: string) => [...text.matchAll(/catalog\/[\w/-]+\.json/g)].map(([name]) => name)

test('every list that a format or the assessor reads takes part in the digest', () => {
  const used = execFileSync(
    'grep',
    ['-rhE', "^import .*catalog/.*json' with", 'src/assessors/model', 'src/formats'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
  const digested = listsIn(readFileSync(new URL('./rule-set.ts', import.meta.url), 'utf8'))
  expect(new Set(digested)).toEqual(new Set(listsIn(used)))
  expect(new Set(digested).size).toBeGreaterThan(15)
})

test('it is the same every time', () => {
  expect(ruleSetDigest()).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(ruleSetDigest()).toBe(ruleSetDigest())
})
