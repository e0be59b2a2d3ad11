import { describe, expect, test } from 'vitest'
import {
  accessRequest,
  ago,
  approval,
  assessment,
  changesRequested,
  consent,
  DAY,
  finding,
  HOUR,
  hubSource,
  MANIFEST,
  NOW,
  pullSource,
  quarantine,
  rejection,
  SUBJECT,
  scan,
  sealed,
  signature,
} from '../../../test/trust/sealed-world.ts'
import type { Statement } from '../../ground/domain/index.ts'
import { type ApprovalConditions, attestModelScan } from '../evidence/index.ts'
import { decide } from './decide.ts'
import { parsePolicy } from './parse-policy.ts'
import type { Policy } from './policy.ts'
import { sayPolicy } from './say-policy.ts'

const COMMIT = 'c'.repeat(40)

function policyOf(stage: string, name = 'development'): Policy {
  const parsed = parsePolicy(`
schemaVersion: 1
name: test
stages:
  ${name}:
    evidence:
      - predicate: model-scan
        maxAge: 30d
${stage}
    expiresAfter: 30d
`)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return parsed.value
}

const ONE = policyOf('    approvals: { count: 1 }')
const TWO = policyOf('    approvals: { count: 2 }')
const NONE = policyOf('    approvals: { count: 0 }')

async function judge(policy: Policy, statements: readonly Statement[], at = NOW) {
  return decide(policy, {
    id: 'id',
    tenant: 'default',
    subject: MANIFEST.digest,
    stage: 'development',
    statements: await Promise.all(statements.map((statement) => sealed(statement))),
    at,
  })
}

const approved = (conditions?: ApprovalConditions, person = 'anna') =>
  approval(person, { stage: 'development', ...(conditions === undefined ? {} : { conditions }) })

/** A scan that names the format of each of its coverages. */
function scanOf(...formats: readonly (readonly [string, 'full' | 'partial'])[]): Statement {
  const seen = assessment({})
  const [file] = seen.files
  if (file === undefined) throw new Error('the assessment has a file')
  const [one] = file.coverage
  if (one === undefined) throw new Error('the file has coverage')
  const isFull = formats.every(([, status]) => status === 'full')
  const coverage = formats.map(([format, status]) => ({ ...one, format, status }))
  const verdict = isFull ? ('clean' as const) : ('undecided' as const)
  return attestModelScan(SUBJECT, MANIFEST, { ...seen, verdict, files: [{ ...file, verdict, coverage }] })
}

describe('an approval under conditions counts', () => {
  const base = [quarantine(), scan({})]
  test.for<readonly [string, ApprovalConditions, readonly Statement[], 'allow' | 'review']>([
    ['safetensors only, and it is', { safetensorsOnly: true }, base, 'allow'],
    [
      'safetensors only, and a file is a pickle',
      { safetensorsOnly: true },
      [quarantine(), scanOf(['pickle', 'full'])],
      'review',
    ],
    [
      'safetensors only, beside a settings file',
      { safetensorsOnly: true },
      [quarantine(), scanOf(['safetensors', 'full'], ['json', 'full'])],
      'allow',
    ],
    [
      'safetensors only, and a format nobody knows',
      { safetensorsOnly: true },
      [quarantine(), scanOf(['safetensors', 'full'], ['unknown', 'full'])],
      'review',
    ],
    ['this commit, and it came as that', { commit: COMMIT }, [...base, hubSource()], 'allow'],
    [
      'this commit, and it came as another',
      { commit: COMMIT },
      [...base, hubSource({ commit: 'd'.repeat(40) })],
      'review',
    ],
    ['this commit, and nobody knows where it came from', { commit: COMMIT }, base, 'review'],
    ['this version of a registry', { commit: 'c'.repeat(64) }, [...base, pullSource()], 'allow'],
    ['this version, and it came as another', { commit: 'd'.repeat(64) }, [...base, pullSource()], 'review'],
    ['this version, said of tomorrow', { commit: 'c'.repeat(64) }, [...base, pullSource({}, -DAY)], 'review'],
    ['this commit, said of tomorrow', { commit: COMMIT }, [...base, hubSource({}, -DAY)], 'review'],
    ['until tomorrow', { until: ago(-DAY) }, base, 'allow'],
    ['until a minute ago', { until: ago(60_000) }, base, 'review'],
    ['until this very moment', { until: ago(0) }, base, 'review'],
    [
      'all of them',
      { safetensorsOnly: true, commit: COMMIT, until: ago(-DAY) },
      [...base, hubSource()],
      'allow',
    ],
    [
      'two met, the third not',
      { safetensorsOnly: true, commit: COMMIT, until: ago(60_000) },
      [...base, hubSource()],
      'review',
    ],
  ])('%s → %4$s', async ([, conditions, statements, outcome]) => {
    const decision = await judge(ONE, [...statements, approved(conditions)])
    expect(decision.outcome).toBe(outcome)
    expect(decision.reasons.some(({ code }) => code === 'ignored.approval')).toBe(outcome !== 'allow')
  })

  test('what nobody scanned is of no known format', async () => {
    const decision = await judge(ONE, [quarantine(), approved({ safetensorsOnly: true })])
    expect(decision.reasons.find(({ code }) => code === 'ignored.approval')?.message).toMatch(/no scan says/)
  })

  test('an index beside weights that was read in part is taken for weights', async () => {
    const decision = await judge(ONE, [
      quarantine(),
      scanOf(['safetensors', 'full'], ['json', 'partial']),
      approved({ safetensorsOnly: true }),
    ])
    expect(decision.reasons.find(({ code }) => code === 'ignored.approval')?.message).toMatch(/holds json/)
  })

  test('the decision ends with the approval that it needs', async () => {
    const base = [quarantine(), scan({})]
    const short = await judge(ONE, [...base, approved({ until: ago(-HOUR) })])
    expect(short.expiresAt).toBe(ago(-HOUR))
    const both = await judge(TWO, [
      ...base,
      approved({ until: ago(-HOUR) }),
      approved({ until: ago(-DAY) }, 'ben'),
    ])
    expect(both.expiresAt).toBe(ago(-HOUR))
    const spare = await judge(TWO, [
      ...base,
      approved({ until: ago(-HOUR) }),
      approved({ until: ago(-DAY) }, 'ben'),
      approved({ until: ago(-2 * DAY) }, 'cy'),
    ])
    expect(spare.expiresAt).toBe(ago(-DAY))
  })

  test('one that lifted a rejection where nobody is asked lifts it no longer than it holds', async () => {
    const all = [quarantine(), scan({}), rejection('dora', HOUR), approved({ until: ago(-HOUR) })]
    const decision = await judge(NONE, all)
    expect(decision).toMatchObject({ outcome: 'allow', expiresAt: ago(-HOUR) })
    expect((await judge(NONE, all, new Date(NOW.getTime() + 2 * HOUR))).outcome).toBe('deny')
  })
})

describe('who asked for changes', () => {
  test('is heard: approvals from before do not count, and later ones do', async () => {
    const before = [quarantine(), scan({}), approved()]
    expect((await judge(ONE, before)).outcome).toBe('allow')
    const asked = await judge(ONE, [...before, changesRequested('ben')])
    expect(asked.outcome).toBe('review')
    expect(asked.reasons.map(({ code }) => code)).toContain('consent.changes-requested')
    const later = approval('cy', { stage: 'development', ageMs: HOUR / 8 })
    expect((await judge(ONE, [...before, changesRequested('ben'), later])).outcome).toBe('allow')
  })

  test('is heard where nobody need approve', async () => {
    expect((await judge(NONE, [quarantine(), scan({}), changesRequested('ben')])).outcome).toBe('review')
  })

  test('does not soften a rejection of the same moment', async () => {
    const both = [quarantine(), scan({}), changesRequested('ben'), rejection('ben')]
    expect((await judge(NONE, both)).outcome).toBe('deny')
  })
})

describe('who asked a gate for it', () => {
  const base = [quarantine(), scan({})]
  test('does not approve it', async () => {
    const decision = await judge(ONE, [...base, accessRequest('anna', HOUR), approved()])
    expect(decision.outcome).toBe('review')
    expect(decision.reasons.find(({ code }) => code === 'ignored.approval')?.message).toMatch(
      /asked for the model/,
    )
  })

  test('may have approved it before', async () => {
    expect((await judge(ONE, [...base, approved(), accessRequest('anna', HOUR / 8)])).outcome).toBe('allow')
  })

  test('leaves the others free to', async () => {
    const three = [approved(), approved(undefined, 'ben'), approved(undefined, 'cy')]
    expect((await judge(TWO, [...base, accessRequest('anna', HOUR), ...three.slice(0, 2)])).outcome).toBe(
      'review',
    )
    expect((await judge(TWO, [...base, accessRequest('anna', HOUR), ...three])).outcome).toBe('allow')
  })

  test('is one person under two principals', async () => {
    const other = { ...consent('anna', HOUR / 2), principalId: 'a-second-token' }
    const { note: _note, requestDigest: _digest, authentication: _auth, ...who } = other
    const asked = {
      ...accessRequest('anna', HOUR),
      predicate: { ...who, at: ago(HOUR), door: 'hub', stage: 'development' },
    }
    expect((await judge(ONE, [...base, asked, approved()])).outcome).toBe('review')
  })
})

const RULES = policyOf(`
    approvals: { count: 1 }
    automatic:
      - publishers: [google]
        signed: true
        formats: [safetensors]
        verdict: clean
        licences: [apache-2.0]
`)

describe('a rule that asks nobody', () => {
  const all = { source: hubSource(), signature: signature('valid'), scan: scan({}) }
  const holding = (more: Partial<Record<keyof typeof all, Statement>> = {}) =>
    [quarantine(), ...Object.values({ ...all, ...more })] as const

  test('holds when every clause is met', async () => {
    const decision = await judge(RULES, holding())
    expect(decision.outcome).toBe('allow')
    expect(decision.reasons.find(({ code }) => code === 'ok.automatic')?.statements.length).toBe(3)
  })

  test.for<readonly [string, readonly Statement[]]>([
    ['no source', [quarantine(), all.signature, all.scan]],
    ['another publisher', holding({ source: hubSource({ author: 'evil', repo: 'evil/bert' }) })],
    ['a name that is only claimed', holding({ source: hubSource({ repo: 'evil/bert' }) })],
    [
      'a publisher whose name begins alike',
      holding({ source: hubSource({ author: 'google', repo: 'google-fake/bert' }) }),
    ],
    [
      'no author',
      holding({ source: { ...hubSource(), predicate: { ...hubSource().predicate, author: '' } } }),
    ],
    ['another licence', holding({ source: hubSource({ license: 'other' }) })],
    ['a source of tomorrow', holding({ source: hubSource({}, -DAY) })],
    ['no signature', [quarantine(), all.source, all.scan]],
    ['a refused signature', holding({ signature: signature('refused') })],
    ['a signature that was refused since', [...holding(), signature('refused', HOUR / 2)]],
    ['a signature that was refused at the same time', [...holding(), signature('refused')]],
    ['a pickle', holding({ scan: scanOf(['pickle', 'full']) })],
    ['a pickle beside safetensors', holding({ scan: scanOf(['safetensors', 'full'], ['pickle', 'full']) })],
    [
      'a second assessor that saw something',
      [...holding(), scan({ assessor: 'other', findings: [finding('suspicious')] })],
    ],
    [
      'a source and a licence of two publishers',
      [
        quarantine(),
        all.signature,
        all.scan,
        hubSource({ license: 'other' }),
        hubSource({ author: 'evil', repo: 'evil/bert' }),
      ],
    ],
  ])('does not hold with %s', async ([, statements]) => {
    const decision = await judge(RULES, statements)
    expect(decision.outcome).not.toBe('allow')
    expect(decision.reasons.map(({ code }) => code)).not.toContain('ok.automatic')
  })

  test('does not overrule a person who said no', async () => {
    expect((await judge(RULES, [...holding(), rejection('ben')])).outcome).toBe('deny')
    expect((await judge(RULES, [...holding(), changesRequested('ben')])).outcome).toBe('review')
  })

  test('says no more than its clauses, in the order of a sentence', () => {
    expect(sayPolicy(RULES).map(({ text }) => text)).toContain(
      'Models by *google* that carry a valid signature, hold only safetensors, were found clean and stand under *apache-2.0* need no approval for development.',
    )
  })

  test('without a clause is none, and for production wants its own words', () => {
    const text = (name: string, rule: string, more = '') => `
schemaVersion: 1
name: test
stages:
  ${name}:
    evidence: [{ predicate: model-scan, maxAge: 30d }]
    approvals: { count: 2${more} }
    automatic: [${rule}]
    expiresAfter: 30d
`
    const problems = (written: string) => {
      const parsed = parsePolicy(written)
      return parsed.ok ? [] : parsed.error.map(({ message }) => message)
    }
    expect(problems(text('staging', '{}'))).not.toEqual([])
    expect(problems(text('staging', '{ verdict: suspicious }'))).not.toEqual([])
    expect(problems(text('staging', '{ signed: true }'))).toEqual([])
    expect(problems(text('production', '{ signed: true }')).join()).toMatch(/iAcceptNoPerson/)
    expect(problems(text('production', '{ signed: true }', ', iAcceptNoPerson: true'))).toEqual([])
  })
})

test('a policy is told whole: every stage, rule and limit is a sentence', () => {
  expect(sayPolicy(ONE)).toMatchInlineSnapshot(`
    [
      {
        "stage": "development",
        "text": "Before development there must be a model-scan by a believed assessor, not older than 30 days; what was not read in full is refused.",
      },
      {
        "stage": "development",
        "text": "One person must approve a model for development, who did not ask for it.",
      },
      {
        "stage": "development",
        "text": "No finding may be waived for development.",
      },
      {
        "stage": "development",
        "text": "A model made from one that was revoked goes to a person; one made from a malicious one is refused.",
      },
      {
        "stage": "development",
        "text": "A decision for development holds for 30 days, and no longer than what it rests on.",
      },
      {
        "stage": "staging",
        "text": "Nothing reaches staging: the policy does not name it.",
      },
      {
        "stage": "production",
        "text": "Nothing reaches production: the policy does not name it.",
      },
    ]
  `)
})
