import { expect, test } from 'vitest'
import { lookAtHouse, runChecks } from './index.ts'

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

test.for([
  [10, 'ok'],
  [270, 'ok'],
  [271, 'warning'],
] as const)('a trust root of %i days is %s', async ([days, status]) => {
  const at = new Date('2026-01-01T00:00:00Z')
  const checks = await lookAtHouse({
    node: '24',
    home: '/home',
    policyName: async () => 'default',
    checkLog: async () => ({ entries: 0, problems: [] }),
    freeBytes: async () => 2 ** 40,
    sealRuns: async () => ({ sealed: 0, problems: [] }),
    trustRoot: async () => ({ source: 'the built-in root', at }),
    now: () => new Date(at.getTime() + days * 86_400_000),
  })
  expect(checks.find(({ name }) => name === 'trust root')).toMatchObject({
    status,
    message: expect.stringContaining('the built-in root'),
    ...(status === 'warning' && { nextStep: expect.stringContaining('sallyport trust update') }),
  })
})
