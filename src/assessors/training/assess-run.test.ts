import { describe, expect, test } from 'vitest'
import { assessRun, TRAINING_RULES } from './assess-run.ts'
import { exampleCase, exampleRun } from './run-case.ts'

describe.for(TRAINING_RULES)('$id', (rule) => {
  test.for(rule.examples.fires.map((kase, i) => [i, kase] as const))('fires on example %i', ([, kase]) => {
    expect(assessRun(kase).map(({ ruleId }) => ruleId)).toContain(rule.id)
  })
  test.for(rule.examples.silent.map((kase, i) => [i, kase] as const))(
    'is silent on example %i',
    ([, kase]) => {
      expect(assessRun(kase).map(({ ruleId }) => ruleId)).not.toContain(rule.id)
    },
  )
  test('says where it comes from and what to do', () => {
    expect(rule.source).toMatch(/^https:\/\//)
    expect(rule.taxonomy.length).toBeGreaterThan(0)
    expect(rule.remedy).toMatch(/\.$/)
  })
})

test('a plain run after plain runs has no finding', () => {
  expect(assessRun(exampleCase())).toEqual([])
})

test('the first run of a name departs from nothing', () => {
  expect(
    assessRun(
      exampleCase({ history: [], run: exampleRun({ host: 'x', user: 'y', egress: ['203.0.113.1:1/tcp'] }) }),
    ),
  ).toEqual([])
})

test('findings stand worst first, and keep their fingerprints from run to run', () => {
  const kase = exampleCase({ unvetted: ['a'], hadSecret: true, exceeded: 'cpu' })
  const severities = assessRun(kase).map(({ severity }) => severity)
  expect(severities).toEqual(['high', 'medium', 'low'])
  expect(assessRun(kase)).toEqual(assessRun(kase))
})
