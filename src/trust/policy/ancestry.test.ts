import { describe, expect, test } from 'vitest'
import {
  ago,
  approval,
  assessment,
  consent,
  DAY,
  finding,
  MANIFEST,
  NOW,
  OTHER_MANIFEST,
  quarantine,
  SUBJECT,
  scan,
  sealed,
} from '../../../test/trust/sealed-world.ts'
import type { ResourceDescriptor } from '../../ground/domain/index.ts'
import { type Manifest, makeManifest } from '../../ground/domain/index.ts'
import {
  attestDerivation,
  attestModelScan,
  attestRevocation,
  type DerivationPredicate,
  type DerivationRelation,
  subjectOf,
  type Verified,
} from '../evidence/index.ts'
import { decide } from './decide.ts'
import { parsePolicy } from './parse-policy.ts'

const manifestOf = (name: string): Manifest => {
  const made = makeManifest([{ name, size: 4, sha256: 'b'.repeat(64) }])
  if (!made.ok) throw new Error(made.error)
  return made.value
}
const GRAND = manifestOf('grand.safetensors')

function policyWith(accept: string, more = '') {
  const parsed = parsePolicy(`
schemaVersion: 1
name: test
stages:
  staging:
    evidence:
      - { predicate: model-scan, maxAge: 30d${accept} }
    approvals: { count: 0 }
    expiresAfter: 30d${more}
`)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return parsed.value
}
const NONE = policyWith('')
const QUANTISED = policyWith(', acceptFrom: [{ relation: quantisation, maxDepth: 1 }]')
const DEEP = policyWith(
  ', acceptFrom: [{ relation: quantisation, maxDepth: 2 }, { relation: merge, maxDepth: 2 }]',
)

const derived = (
  subject: ResourceDescriptor,
  parent: Manifest,
  relation: DerivationRelation = 'quantisation',
  more: Partial<DerivationPredicate> = {},
) =>
  sealed(
    attestDerivation(subject, {
      at: ago(DAY),
      relation,
      from: { name: 'base', digest: parent.digest },
      ...more,
    }),
  )
const scanOf = (manifest: Manifest, path: string, more: Parameters<typeof assessment>[0] = {}) =>
  sealed(attestModelScan(subjectOf(manifest, path), manifest, assessment({ path, ...more })))
const cleanBase = () => scanOf(OTHER_MANIFEST, 'other.safetensors')

async function ask(
  policy: ReturnType<typeof policyWith>,
  own: readonly (Verified | Promise<Verified>)[],
  ancestry: readonly (Verified | Promise<Verified>)[],
) {
  return decide(policy, {
    id: '0192f0c1-0000-7000-8000-000000000000',
    tenant: 'default',
    subject: MANIFEST.digest,
    stage: 'staging',
    statements: await Promise.all([sealed(quarantine()), ...own]),
    ancestry: await Promise.all(ancestry),
    at: NOW,
  })
}
const codes = (decision: Awaited<ReturnType<typeof ask>>) => decision.reasons.map(({ code }) => code)

describe('a scan of the base speaks for the child', () => {
  test('only with a derivation and a policy that says so', async () => {
    const link = derived(SUBJECT, OTHER_MANIFEST)
    expect((await ask(NONE, [link], [cleanBase()])).outcome, 'no such policy').toBe('deny')
    expect((await ask(QUANTISED, [], [cleanBase()])).outcome, 'no derivation').toBe('deny')
    const allowed = await ask(QUANTISED, [link], [cleanBase()])
    expect(allowed.outcome).toBe('allow')
    expect(codes(allowed)).toContain('ok.inherited')
    const read = (await cleanBase()).digest
    expect(allowed.inputs.length, `${read} is among what was read`).toBe(3)
  })

  test('never along a relation or a length that the policy does not name', async () => {
    const fineTune = await ask(QUANTISED, [derived(SUBJECT, OTHER_MANIFEST, 'fine-tune')], [cleanBase()])
    expect(codes(fineTune)).toContain('evidence.not-inherited')
    expect(fineTune.outcome).toBe('deny')
    const chain = [
      derived(subjectOf(OTHER_MANIFEST, 'other'), GRAND),
      scanOf(GRAND, 'grand.safetensors'),
    ] as const
    const link = derived(SUBJECT, OTHER_MANIFEST)
    expect((await ask(QUANTISED, [link], chain)).outcome).toBe('deny')
    expect((await ask(DEEP, [link], chain)).outcome).toBe('allow')
  })

  test('not when another statement names a parent that is not accepted', async () => {
    const both = [derived(SUBJECT, OTHER_MANIFEST), derived(SUBJECT, GRAND, 'fine-tune')]
    expect((await ask(QUANTISED, both, [cleanBase(), scanOf(GRAND, 'grand.safetensors')])).outcome).toBe(
      'deny',
    )
  })

  test('of a merge only when every parent has one', async () => {
    const merge = derived(SUBJECT, OTHER_MANIFEST, 'merge', { others: [{ name: 'g', digest: GRAND.digest }] })
    expect((await ask(DEEP, [merge], [cleanBase()])).outcome).toBe('deny')
    expect((await ask(DEEP, [merge], [cleanBase(), scanOf(GRAND, 'grand.safetensors')])).outcome).toBe(
      'allow',
    )
  })

  test('not when it is stale, partial or suspicious itself', async () => {
    const link = derived(SUBJECT, OTHER_MANIFEST)
    for (const [more, outcome] of [
      [{ ageMs: 31 * DAY }, 'deny'],
      [{ coverage: 'partial' }, 'deny'],
      [{ findings: [finding('suspicious', { location: { path: 'other.safetensors' } })] }, 'review'],
    ] as const)
      expect(
        (await ask(QUANTISED, [link], [scanOf(OTHER_MANIFEST, 'other.safetensors', more)])).outcome,
      ).toBe(outcome)
  })

  test('not in place of a scan of its own that found something', async () => {
    const own = sealed(scan({ findings: [finding('suspicious')] }))
    expect((await ask(QUANTISED, [derived(SUBJECT, OTHER_MANIFEST), own], [cleanBase()])).outcome).toBe(
      'review',
    )
  })
})

describe('bad news of a base', () => {
  const own = () => [sealed(scan({})), derived(SUBJECT, OTHER_MANIFEST, 'fine-tune')]
  const revoked = () =>
    sealed(attestRevocation(subjectOf(OTHER_MANIFEST, 'other'), { ...consent('anna', DAY), note: 'stolen' }))
  const malicious = () =>
    scanOf(OTHER_MANIFEST, 'other.safetensors', {
      findings: [finding('malicious', { location: { path: 'other.safetensors' } })],
    })

  test('a revoked one sends its children to a person, or out, as the policy says, and shows why', async () => {
    expect((await ask(NONE, own(), [])).outcome).toBe('allow')
    const review = await ask(NONE, own(), [revoked()])
    expect(review.outcome).toBe('review')
    const reason = review.reasons.find(({ code }) => code === 'lineage.revoked')
    expect(reason?.message).toContain('stolen')
    expect(reason?.statements.length).toBe(2)
    const strict = policyWith('', '\n    ancestors: { revoked: deny }')
    expect((await ask(strict, own(), [revoked()])).outcome).toBe('deny')
  })

  test('a malicious one denies, over any number of steps', async () => {
    expect((await ask(NONE, own(), [malicious()])).outcome).toBe('deny')
    const far = [
      derived(subjectOf(OTHER_MANIFEST, 'other'), GRAND, 'merge'),
      scanOf(GRAND, 'grand.safetensors', {
        findings: [finding('malicious', { location: { path: 'grand.safetensors' } })],
      }),
    ]
    expect((await ask(NONE, own(), far)).outcome).toBe('deny')
  })

  test('of a model that is no parent changes nothing', async () => {
    expect(
      (await ask(NONE, [sealed(scan({})), sealed(approval('bo'))], [revoked(), malicious()])).outcome,
    ).toBe('allow')
  })
})
