import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cruise } from './cruise.ts'

test('the house keeps its floors', { timeout: 120_000 }, () => {
  const { files, breaches } = cruise(join(import.meta.dirname, '../..'))
  expect(breaches).toEqual([])
  // With a TypeScript that it cannot load, dependency-cruiser reads nothing and finds nothing wrong.
  expect(files).toBeGreaterThan(60)
})
