import { expect, test } from 'vitest'
import { DAY, HOUR, KEYS, MANIFEST, NOW, OTHER_MANIFEST } from '../../../test/trust/sealed-world.ts'
import { type Manifest, STATEMENT_TYPE, type Statement } from '../../ground/domain/index.ts'
import {
  openStatement,
  PREDICATE_TYPES,
  sealStatement,
  subjectOf,
  trustKeys,
  type Verified,
} from '../evidence/index.ts'
import { decideTraining } from './decide-training.ts'
import { parsePolicy } from './parse-policy.ts'

const trusted = trustKeys([{ publicKeyPem: KEYS.evidence.publicKeyPem, roles: ['assessor'] }])

async function vetting(
  change: { ageMs?: number; verdict?: string; of?: Manifest; assessor?: string; tenant?: string } = {},
): Promise<Verified> {
  const { ageMs = HOUR, verdict = 'clean', of = MANIFEST, assessor = 'dataset', tenant = 'default' } = change
  const statement: Statement = {
    _type: STATEMENT_TYPE,
    subject: [subjectOf(of, 'data', tenant)],
    predicateType: PREDICATE_TYPES['data-vetting'],
    predicate: {
      at: new Date(NOW.getTime() - ageMs).toISOString(),
      assessor: { assessor, version: '1', ruleSet: MANIFEST.digest },
      verdict,
      findings: 0,
      coverage: { status: 'full' },
    },
  }
  return openStatement(await sealStatement(statement, KEYS.evidence), trusted)
}

function policy(onViolation: string, requireVettedData = true) {
  const parsed = parsePolicy(`
schemaVersion: 1
name: test
training: { requireVettedData: ${requireVettedData}, maxAge: 30d, onViolation: ${onViolation} }
stages:
  staging:
    evidence: [{ predicate: model-scan, maxAge: 30d }]
    approvals: { count: 1 }
    expiresAfter: 30d
`)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return parsed.value
}

const ask = (statements: readonly Verified[], onViolation = 'deny') =>
  decideTraining(policy(onViolation), {
    tenant: 'default',
    datasets: [{ name: 'data', digest: MANIFEST.digest, statements }],
    at: NOW,
  })

test.for([
  ['no vetting at all', [], 'deny'],
  ['clean and fresh', [{}], 'allow'],
  ['a day too old', [{ ageMs: 31 * DAY }], 'deny'],
  ['dated tomorrow', [{ ageMs: -DAY }], 'deny'],
  ['suspicious', [{ verdict: 'suspicious' }], 'deny'],
  ['undecided', [{ verdict: 'undecided' }], 'deny'],
  ['malicious, then clean by the same assessor', [{ verdict: 'malicious', ageMs: DAY }, {}], 'allow'],
  ['clean, then malicious', [{ ageMs: DAY }, { verdict: 'malicious' }], 'deny'],
  [
    'malicious by one, clean by another',
    [{ verdict: 'malicious', assessor: 'other', ageMs: DAY }, {}],
    'deny',
  ],
  ['of another data set', [{ of: OTHER_MANIFEST }], 'deny'],
  ['of another tenant', [{ tenant: 'other' }], 'deny'],
] as const)('%s → %s', async ([, changes, outcome]) => {
  const statements = await Promise.all(changes.map((change) => vetting(change)))
  const decision = ask(statements)
  expect(decision?.outcome).toBe(outcome)
  expect(decision?.unvetted).toEqual(outcome === 'allow' ? [] : [MANIFEST.digest])
})

test('a policy may ask for a person instead of denying', async () => {
  expect(ask([], 'review')?.outcome).toBe('review')
})

test('a run that names no data cannot show that it was vetted', () => {
  const decision = decideTraining(policy('deny'), { tenant: 'default', datasets: [], at: NOW })
  expect(decision?.outcome).toBe('deny')
  expect(decision?.reasons[0]).toContain('--dataset')
})

test('a policy that says nothing of training decides nothing, one that asks for nothing allows', () => {
  expect(decideTraining({}, { tenant: 'default', datasets: [], at: NOW })).toBeUndefined()
  expect(decideTraining(policy('deny', false), { tenant: 'default', datasets: [], at: NOW })?.outcome).toBe(
    'allow',
  )
})

test('what was not verified is not read', () => {
  const forged = { kind: 'evidence', name: 'data-vetting' } as unknown as Verified
  expect(() => ask([forged])).toThrow(TypeError)
})
