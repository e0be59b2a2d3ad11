import { expect, test } from 'vitest'
import { runChecks } from './index.ts'

test('a failed look says what to do, and the next one is still taken', async () => {
  const checks = await runChecks([
    { name: 'a', look: () => Promise.reject(new Error('broken')), nextStep: 'mend it' },
    { name: 'b', look: async () => 'fine', nextStep: 'nothing' },
  ])
  expect(checks).toEqual([
    { name: 'a', status: 'failed', message: 'broken', nextStep: 'mend it' },
    { name: 'b', status: 'ok', message: 'fine' },
  ])
})
