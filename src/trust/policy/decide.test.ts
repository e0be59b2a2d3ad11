import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  ago,
  approval,
  assessment,
  consent,
  DAY,
  finding,
  HOUR,
  KEYS,
  MANIFEST,
  NOW,
  OTHER_MANIFEST,
  quarantine,
  rejection,
  revocation,
  SUBJECT,
  scan,
  sealed,
  waiver,
} from '../../../test/trust/sealed-world.ts'
import { generateKey } from '../../ground/crypto/index.ts'
import type { Statement } from '../../ground/domain/index.ts'
import {
  attestApproval,
  attestDecision,
  attestModelScan,
  attestTestResult,
  attestVulns,
  subjectOf,
  trustKeys,
  type Verified,
} from '../evidence/index.ts'
import { type DecisionRequest, decide } from './decide.ts'
import { parsePolicy } from './parse-policy.ts'
import type { Policy } from './policy.ts'

function policyOf(text: string): Policy {
  const parsed = parsePolicy(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return parsed.value
}

const DEFAULT_TEXT = readFileSync(new URL('../../../catalog/policies/default.yaml', import.meta.url), 'utf8')
const DEFAULT = policyOf(DEFAULT_TEXT)
const SINGLE = policyOf(
  readFileSync(new URL('../../../catalog/policies/single-person.yaml', import.meta.url), 'utf8'),
)

/** A policy with one stage, production, and these rules of evidence. */
function policyWith(evidence: string, more = ''): Policy {
  return policyOf(`
schemaVersion: 1
name: test
stages:
  production:
    evidence:
${evidence}
    approvals: { count: 2 ${more} }
    waivers: { allowed: true, maxDuration: 90d }
    expiresAfter: 30d
`)
}

function ask(policy: Policy, statements: readonly Verified[], more: Partial<DecisionRequest> = {}) {
  return decide(policy, {
    id: '0192f0c1-0000-7000-8000-000000000000',
    tenant: 'default',
    subject: MANIFEST.digest,
    stage: 'production',
    statements,
    at: NOW,
    ...more,
  })
}

async function sealAll(statements: readonly Statement[]): Promise<readonly Verified[]> {
  return Promise.all(statements.map((statement) => sealed(statement)))
}

const TWO = [approval('anna'), approval('bert')]
const GOOD = [quarantine(), scan({}), ...TWO]

describe('production under the default policy', () => {
  const suspicious = finding('suspicious')
  test.for<readonly [string, readonly Statement[], string, string]>([
    ['nothing known', [], 'deny', 'evidence.missing'],
    ['clean, fresh and approved by two', GOOD, 'allow', 'ok.approvals'],
    ['approved by two and never scanned', [quarantine(), ...TWO], 'deny', 'evidence.missing'],
    ['a scan of 31 days', [quarantine(), scan({ ageMs: 31 * DAY }), ...TWO], 'deny', 'evidence.stale'],
    ['a scan of exactly 30 days', [quarantine(), scan({ ageMs: 30 * DAY }), ...TWO], 'allow', 'ok.evidence'],
    [
      'a scan that read a part',
      [quarantine(), scan({ coverage: 'partial' }), ...TWO],
      'deny',
      'evidence.partial',
    ],
    [
      'a scan that read nothing',
      [quarantine(), scan({ coverage: 'none' }), ...TWO],
      'deny',
      'evidence.partial',
    ],
    [
      'a scan that could not decide',
      [quarantine(), scan({ verdict: 'undecided' }), ...TWO],
      'review',
      'evidence.undecided',
    ],
    [
      'a malicious finding',
      [quarantine(), scan({ findings: [finding('malicious')] }), ...TWO],
      'deny',
      'finding.malicious',
    ],
    [
      'a malicious file without a finding',
      [quarantine(), scan({ verdict: 'malicious' }), ...TWO],
      'deny',
      'finding.malicious',
    ],
    [
      'a suspicious finding',
      [quarantine(), scan({ findings: [suspicious] }), ...TWO],
      'review',
      'finding.not-tolerated',
    ],
    [
      'a suspicious file without a finding',
      [quarantine(), scan({ verdict: 'suspicious' }), ...TWO],
      'review',
      'finding.not-tolerated',
    ],
    [
      'a suspicious finding of low severity',
      [quarantine(), scan({ findings: [{ ...suspicious, severity: 'low' }] }), ...TWO],
      'allow',
      'ok.tolerated',
    ],
    [
      'a malicious finding of low severity',
      [quarantine(), scan({ findings: [finding('malicious', { severity: 'low' })] }), ...TWO],
      'deny',
      'finding.malicious',
    ],
    [
      'a waived suspicious finding',
      [quarantine(), scan({ findings: [suspicious] }), waiver('carl'), ...TWO],
      'allow',
      'ok.waived',
    ],
    [
      'a waiver of another rule',
      [quarantine(), scan({ findings: [suspicious] }), waiver('carl', { ruleId: 'x' }), ...TWO],
      'review',
      'finding.not-tolerated',
    ],
    [
      'a waiver that ends now',
      [quarantine(), scan({ findings: [suspicious] }), waiver('carl', { endsInMs: 0 }), ...TWO],
      'review',
      'ignored.waiver',
    ],
    [
      'a waiver for too long',
      [quarantine(), scan({ findings: [suspicious] }), waiver('carl', { endsInMs: 91 * DAY }), ...TWO],
      'review',
      'ignored.waiver',
    ],
    [
      'a waiver by the requester',
      [quarantine(), scan({ findings: [suspicious] }), waiver('requester'), ...TWO],
      'review',
      'ignored.waiver',
    ],
    [
      'a waiver of the future',
      [quarantine(), scan({ findings: [suspicious] }), waiver('carl', { ageMs: -HOUR }), ...TWO],
      'review',
      'ignored.waiver',
    ],
    [
      'a waiver of a malicious finding',
      [
        quarantine(),
        scan({ findings: [finding('malicious')] }),
        waiver('carl', { ruleId: 'test/malicious' }),
        ...TWO,
      ],
      'deny',
      'finding.malicious',
    ],
    [
      'a waiver of an undecided finding',
      [
        quarantine(),
        scan({ findings: [finding('undecided')] }),
        waiver('carl', { ruleId: 'test/undecided' }),
        ...TWO,
      ],
      'review',
      'evidence.undecided',
    ],
    ['one approval', [quarantine(), scan({}), approval('anna')], 'review', 'approvals.too-few'],
    ['no approval', [quarantine(), scan({})], 'review', 'approvals.too-few'],
    [
      'one person with two tokens',
      [quarantine(), scan({}), approval('anna'), approval('anna', { principalId: 'second' })],
      'review',
      'approvals.too-few',
    ],
    [
      'one token under two names',
      [
        quarantine(),
        scan({}),
        approval('anna', { principalId: 'p' }),
        approval('bert', { principalId: 'p' }),
      ],
      'review',
      'approvals.too-few',
    ],
    [
      'the requester and one other',
      [quarantine(), scan({}), approval('requester'), approval('anna')],
      'review',
      'ignored.approval',
    ],
    [
      'another token of the requester',
      [quarantine(), scan({}), approval('requester', { principalId: 'second' }), approval('anna')],
      'review',
      'ignored.approval',
    ],
    ['nobody knows who asked', [scan({}), ...TWO], 'deny', 'approvals.requester-unknown'],
    [
      'one approval for staging only',
      [quarantine(), scan({}), approval('anna'), approval('bert', { stage: 'staging' })],
      'review',
      'ignored.approval',
    ],
    [
      'one approval of the future',
      [quarantine(), scan({}), approval('anna'), approval('bert', { ageMs: -HOUR })],
      'review',
      'ignored.approval',
    ],
    [
      'approved before anybody looked',
      [quarantine(), scan({}), approval('anna', { ageMs: 2 * HOUR }), approval('bert')],
      'review',
      'ignored.approval',
    ],
    ['rejected after the approvals', [...GOOD, rejection('carl')], 'deny', 'consent.rejected'],
    [
      'rejected, then approved by one',
      [...GOOD, rejection('carl'), approval('anna', { ageMs: 1 })],
      'review',
      'approvals.too-few',
    ],
    [
      'rejected, then approved by two',
      [
        quarantine(),
        scan({}),
        rejection('carl'),
        approval('anna', { ageMs: 1 }),
        approval('bert', { ageMs: 1 }),
      ],
      'allow',
      'ok.approvals',
    ],
    [
      'rejected at the moment of the approvals',
      [...GOOD, rejection('carl', HOUR / 2)],
      'deny',
      'consent.rejected',
    ],
    ['rejected in the future', [...GOOD, rejection('carl', -HOUR)], 'deny', 'consent.rejected'],
    ['revoked', [...GOOD, revocation('carl')], 'deny', 'consent.revoked'],
    ['revoked, then approved again', [...GOOD, revocation('carl', 2 * HOUR)], 'deny', 'consent.revoked'],
    ['revoked in the future', [...GOOD, revocation('carl', -HOUR)], 'deny', 'consent.revoked'],
    [
      'an old clean scan and a newer malicious one',
      [...GOOD, scan({ ageMs: 1, findings: [finding('malicious')] })],
      'deny',
      'finding.malicious',
    ],
    [
      'an old malicious scan and a newer clean one',
      [...GOOD, scan({ ageMs: DAY, findings: [finding('malicious')] })],
      'allow',
      'ok.evidence',
    ],
    [
      'a stale malicious scan of another assessor',
      [...GOOD, scan({ ageMs: 60 * DAY, assessor: 'other', findings: [finding('malicious')] })],
      'deny',
      'finding.malicious',
    ],
    [
      'two scans of one moment, one malicious',
      [...GOOD, scan({ findings: [finding('malicious')] })],
      'deny',
      'finding.malicious',
    ],
    ['only a scan of the future', [quarantine(), scan({ ageMs: -HOUR }), ...TWO], 'deny', 'evidence.missing'],
    [
      'a clean scan of the future beside a malicious one',
      [quarantine(), scan({ ageMs: -HOUR }), scan({ findings: [finding('malicious')] }), ...TWO],
      'deny',
      'finding.malicious',
    ],
    [
      'a malicious scan of the future',
      [...GOOD, scan({ ageMs: -HOUR, findings: [finding('malicious')] })],
      'deny',
      'finding.malicious',
    ],
  ])('%s', async ([, statements, outcome, code]) => {
    const decision = ask(DEFAULT, await sealAll(statements))
    expect(decision.reasons.map((reason) => reason.code)).toContain(code)
    expect(decision.outcome).toBe(outcome)
    for (const reason of decision.reasons)
      expect(reason.nextStep === undefined).toBe(reason.outcome === 'allow')
  })
})

test('a scan of other bytes does not count, and neither do approvals of them', async () => {
  const other = subjectOf(OTHER_MANIFEST, 'bert')
  const foreign = [
    attestModelScan(other, OTHER_MANIFEST, assessment({ path: 'other.safetensors' })),
    attestApproval(other, { ...consent('anna', HOUR), stage: 'production' }),
  ]
  const decision = ask(DEFAULT, await sealAll([quarantine(), ...TWO, ...foreign]))
  expect(decision.outcome).toBe('deny')
  expect(decision.reasons.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['evidence.missing', 'ignored.foreign']),
  )
  expect(decision.inputs).toHaveLength(3)
})

test('statements of another tenant do not count', async () => {
  const statements = await sealAll(GOOD)
  expect(ask(DEFAULT, statements, { tenant: 'acme' }).outcome).toBe('deny')
})

test('staging takes one approval, also one for production', async () => {
  const statements = await sealAll([quarantine(), scan({}), approval('anna')])
  expect(ask(DEFAULT, statements, { stage: 'staging' }).outcome).toBe('allow')
})

test('the single-person policy lets the requester approve alone', async () => {
  const statements = await sealAll([quarantine(), scan({}), approval('requester')])
  expect(ask(SINGLE, statements).outcome).toBe('allow')
  expect(ask(DEFAULT, statements).outcome).toBe('review')
})

test('a policy that asks for nothing denies, and so does a stage that is not written', async () => {
  const statements = await sealAll(GOOD)
  const empty = { ...DEFAULT, stages: {} }
  const hollow = {
    ...DEFAULT,
    stages: { production: { ...DEFAULT.stages.production, evidence: [] } },
  } as unknown as Policy
  for (const policy of [empty, hollow]) {
    const decision = ask(policy, statements)
    expect(decision.outcome).toBe('deny')
    expect(decision.reasons.map(({ code }) => code)).toContain('policy.empty')
    expect(decision.expiresAt >= decision.decidedAt).toBe(true)
  }
})

test('decisions are never read: an allow of yesterday changes not one word', async () => {
  const bare = await sealAll([quarantine(), scan({})])
  const allow = ask(DEFAULT, await sealAll(GOOD))
  const decided = await sealed(attestDecision(SUBJECT, allow))
  expect(ask(DEFAULT, [...bare, decided])).toEqual(ask(DEFAULT, bare))
})

test('what did not come out of openStatement is refused at run time too', async () => {
  const [real] = await sealAll([scan({})])
  expect(() => ask(DEFAULT, [{ ...(real as Verified) }])).toThrow(TypeError)
})

describe('expiry is the earliest of', () => {
  const at = (ms: number) => new Date(NOW.getTime() + ms).toISOString()
  test.for<readonly [string, readonly Statement[], string]>([
    ['the end of the evidence', [quarantine(), scan({ ageMs: 10 * DAY }), ...TWO], at(20 * DAY)],
    [
      'the end of a waiver that was needed',
      [quarantine(), scan({ findings: [finding('suspicious')] }), waiver('carl', { endsInMs: DAY }), ...TWO],
      at(DAY),
    ],
    [
      'not the end of a waiver that was not needed',
      [...GOOD, waiver('carl', { endsInMs: DAY })],
      at(30 * DAY - HOUR),
    ],
  ])('%s', async ([, statements, expiresAt]) => {
    expect(ask(DEFAULT, await sealAll(statements)).expiresAt).toBe(expiresAt)
  })

  test('the end of the approvals that are needed, where the policy lets them age', async () => {
    const policy = policyWith('      - { predicate: model-scan, maxAge: 30d }', ', maxAge: 7d')
    const people = [
      approval('anna', { ageMs: 3 * DAY }),
      approval('bert', { ageMs: 2 * DAY }),
      approval('carl', { ageMs: DAY }),
    ]
    const decision = ask(policy, await sealAll([quarantine(), scan({ ageMs: 4 * DAY }), ...people]))
    expect(decision).toMatchObject({ outcome: 'allow', expiresAt: at(5 * DAY) })
  })

  test('the validity of the policy', async () => {
    const policy = policyOf(DEFAULT_TEXT.replaceAll('expiresAfter: 30d', 'expiresAfter: 90m'))
    expect(ask(policy, await sealAll(GOOD)).expiresAt).toBe(at(90 * 60_000))
  })
})

describe('other evidence', () => {
  const tests = (result: 'PASSED' | 'WARNED' | 'FAILED', failedTests: readonly string[] = []) =>
    attestTestResult(SUBJECT, { result, configuration: [{ name: 'eval' }], failedTests })
  const vulns = (ids: readonly string[]) =>
    attestVulns(SUBJECT, {
      scanner: { uri: 'pkg:test', result: ids.map((id) => ({ id })) },
      metadata: { scanStartedOn: ago(HOUR), scanFinishedOn: ago(HOUR) },
    })
  test.for<readonly [string, string, Statement | undefined, string, string]>([
    ['tests passed', 'test-result', tests('PASSED'), 'allow', 'ok.evidence'],
    ['tests warned', 'test-result', tests('WARNED'), 'review', 'test.warned'],
    ['tests failed', 'test-result', tests('FAILED'), 'deny', 'test.failed'],
    ['passed with failed tests', 'test-result', tests('PASSED', ['a']), 'deny', 'test.failed'],
    ['undated where an age is asked', 'test-result, maxAge: 1d', tests('PASSED'), 'deny', 'evidence.undated'],
    ['no tests', 'test-result', undefined, 'deny', 'evidence.missing'],
    ['no vulnerability', 'vulns, maxAge: 1d', vulns([]), 'allow', 'ok.evidence'],
    ['a vulnerability', 'vulns', vulns(['CVE-1']), 'review', 'finding.not-tolerated'],
    [
      'a tolerated vulnerability',
      'vulns, tolerate: { ruleIds: [CVE-1] }',
      vulns(['CVE-1']),
      'allow',
      'ok.tolerated',
    ],
    [
      'a condition that holds',
      "test-result, conditions: [{ cel: 'size(predicate.configuration) == 1', message: m }]",
      tests('PASSED'),
      'allow',
      'ok.condition',
    ],
    [
      'a condition that does not hold',
      "test-result, conditions: [{ cel: 'size(predicate.configuration) > 1', message: m }]",
      tests('PASSED'),
      'deny',
      'condition.not-met',
    ],
    [
      'a condition that cannot be evaluated',
      'test-result, conditions: [{ cel: \'predicate.url == "x"\', message: m }]',
      tests('PASSED'),
      'deny',
      'condition.failed',
    ],
    [
      'a condition that is no yes or no',
      "test-result, conditions: [{ cel: 'predicate.result', message: m }]",
      tests('PASSED'),
      'deny',
      'condition.failed',
    ],
    [
      'the asked signer is another',
      `test-result, signers: ['${'0'.repeat(64)}']`,
      tests('PASSED'),
      'deny',
      'ignored.signer',
    ],
    [
      'the asked signer is this one',
      `test-result, signers: ['${KEYS.evidence.keyId}']`,
      tests('PASSED'),
      'allow',
      'ok.evidence',
    ],
  ])('%s', async ([, rule, statement, outcome, code]) => {
    const policy = policyWith(`      - { predicate: ${rule} }`)
    const decision = ask(
      policy,
      await sealAll([quarantine(), ...TWO, ...(statement === undefined ? [] : [statement])]),
    )
    expect(decision.reasons.map((reason) => reason.code)).toContain(code)
    expect(decision.outcome).toBe(outcome)
  })

  test('an assessor whom the policy did not ask can still say no', async () => {
    const stranger = generateKey('P-256').signer
    const trusted = trustKeys([{ publicKeyPem: stranger.publicKeyPem, roles: ['assessor'] }])
    const bad = await sealed(scan({ findings: [finding('malicious')] }), stranger, trusted)
    const policy = policyWith(
      `      - { predicate: model-scan, maxAge: 30d, signers: ['${KEYS.evidence.keyId}'] }`,
    )
    expect(ask(policy, await sealAll(GOOD)).outcome).toBe('allow')
    expect(ask(policy, [...(await sealAll(GOOD)), bad]).outcome).toBe('deny')
  })

  test('partial coverage never allows, whatever the policy says', async () => {
    const policy = policyWith('      - { predicate: model-scan, maxAge: 30d, coverage: partial }')
    const decision = ask(policy, await sealAll([quarantine(), scan({ coverage: 'partial' }), ...TWO]))
    expect(decision.outcome).toBe('review')
  })

  test.for<readonly [string, string]>([
    ['who approves', ', by: [anna, carl]'],
    ['how they sign in', ', authentication: [token]'],
  ])('the policy may name %s', async ([, more]) => {
    const policy = policyWith('      - { predicate: model-scan, maxAge: 30d }', more)
    expect(ask(policy, await sealAll(GOOD)).outcome).toBe('review')
  })
})

describe('of any statements in any number', () => {
  /** Those whose removal may help a model: whoever hides them hides bad news. The log is there so that nobody can. */
  const against: Verified[] = []
  /** Who asked for the model is known in every run: to hide that another asked too would help that other. */
  const asked: Verified[] = []
  const inFavour: Verified[] = []
  beforeAll(async () => {
    const suspicious = [finding('suspicious')]
    asked.push(await sealed(quarantine()))
    against.push(
      ...(await sealAll([
        quarantine('anna'),
        scan({ ageMs: HOUR, findings: suspicious }),
        scan({ ageMs: 2 * HOUR, findings: [finding('malicious')] }),
        scan({ ageMs: HOUR, assessor: 'other', coverage: 'partial' }),
        rejection('carl', HOUR / 3),
        rejection('carl', -HOUR),
        revocation('dora'),
      ])),
    )
    inFavour.push(
      ...(await sealAll([
        scan({}),
        scan({ ageMs: HOUR / 8 }),
        scan({ ageMs: 40 * DAY }),
        scan({ ageMs: -HOUR }),
        ...['anna', 'bert', 'carl', 'requester'].map((person) => approval(person)),
        approval('anna', { ageMs: 1 }),
        approval('bert', { ageMs: 1 }),
        approval('bert', { ageMs: 2, stage: 'staging' }),
        approval('erik', { principalId: 'principal-of-anna' }),
        waiver('carl'),
        waiver('bert', { endsInMs: 5 * DAY }),
      ])),
    )
  })
  const some = (all: () => readonly Verified[]) =>
    fc.infiniteStream(fc.boolean()).map((stream) => all().filter(() => stream.next().value === true))

  test('the order and repetition of statements do not show', () => {
    fc.assert(
      fc.property(
        some(() => [...against, ...inFavour]),
        fc.infiniteStream(fc.nat()),
        (set, chance) => {
          const weights = new Map(set.map((one) => [one, chance.next().value ?? 0]))
          const shuffled = set.toSorted((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0))
          expect(ask(DEFAULT, [...shuffled, ...set])).toEqual(ask(DEFAULT, set))
        },
      ),
    )
  })

  test('taking away what speaks for a model never makes a no into an allow', () => {
    let allowed = 0
    fc.assert(
      fc.property(
        some(() => against),
        some(() => inFavour),
        some(() => inFavour),
        (bad, good, kept) => {
          const all = ask(DEFAULT, [...asked, ...bad, ...good]).outcome
          const fewer = ask(DEFAULT, [...asked, ...bad, ...good.filter((one) => kept.includes(one))]).outcome
          if (fewer === 'allow') allowed++
          if (all !== 'allow') expect(fewer).not.toBe('allow')
        },
      ),
      { numRuns: 1000, examples: [[[], inFavour, inFavour]] },
    )
    expect(allowed).toBeGreaterThan(0)
  })

  test('a revocation always denies', () => {
    const revoked = () => against.filter(({ name }) => name === 'revocation')
    fc.assert(
      fc.property(
        some(() => [...against, ...inFavour]),
        (set) => {
          expect(ask(DEFAULT, [...set, ...revoked()]).outcome).toBe('deny')
          expect(ask(SINGLE, [...set, ...revoked()]).outcome).toBe('deny')
        },
      ),
    )
  })

  test('an allow holds until it expires, at every moment', () => {
    fc.assert(
      fc.property(
        some(() => inFavour),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (set, part) => {
          const decision = ask(DEFAULT, [...asked, ...set])
          if (decision.outcome !== 'allow') return
          const end = Date.parse(decision.expiresAt)
          // What is dated in the future comes true in between; it is left out here.
          const present = set.filter(({ at }) => (at ?? 0) <= NOW.getTime())
          const at = new Date(Math.floor(NOW.getTime() + part * (end - NOW.getTime() - 1)))
          expect(ask(DEFAULT, [...asked, ...present], { at }).outcome).toBe('allow')
        },
      ),
      { examples: [[[], 0]] },
    )
  })
})
