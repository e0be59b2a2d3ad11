import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  type Assessment,
  type Decision,
  type Digest,
  digestOfBytes,
  digestOfJson,
  type GatedStage,
  makeManifest,
  type Reason,
  type Stage,
  type StatementKind,
} from '../../src/ground/domain/index.ts'
import { SallyportError, utf8, uuidV7 } from '../../src/ground/lang/index.ts'
import type {
  Actor,
  Explanation,
  LineageEdge,
  ModelDetail,
  ModelSummary,
  Registry,
} from '../../src/services/registry/index.ts'
import type { FakeLedger } from './fake-ledger.ts'
import { FAKE_SIGNATURES } from './fake-signatures.ts'

const BASE = 'https://sallyport.dev/predicates/'
const HOUR = 3_600_000

export interface FakeRegistry extends Omit<Registry, 'verify'> {
  /** How often each verb did something, for tests of idempotency. */
  readonly calls: Map<string, number>
  /** Waits before every deed, for tests of concurrency. */
  gate: Promise<void>
}

/** What {@link fakeRegistry} makes of a file: tests and pages choose the answer by the file's name. */
export type Judge = (
  name: string,
  size: number,
  sha256: string,
) => Omit<Assessment, 'startedAt' | 'finishedAt'>

/** A registry in memory: the verbs, the timeline and the decisions, with no policy worth the name behind them. */
export function fakeRegistry(ledger: FakeLedger, judge: Judge, now: () => Date): FakeRegistry {
  const models = new Map<Digest, ModelDetail>()
  const predicates = new Map<Digest, Record<string, unknown>>()
  const decisions = new Map<string, Decision>()
  const calls = new Map<string, number>()
  const at = () => now().toISOString()

  const find = (digest: Digest): ModelDetail => {
    const model = models.get(digest)
    if (model === undefined) throw new SallyportError('NOT_FOUND', `no model has the digest ${digest}`)
    return model
  }
  const state = async (
    model: ModelDetail,
    what: {
      kind: StatementKind
      name: string
      summary: string
      predicate: Record<string, unknown>
      actor?: Actor
    },
    change: Partial<ModelDetail>,
  ): Promise<ModelDetail> => {
    await fake.gate
    calls.set(what.name, (calls.get(what.name) ?? 0) + 1)
    const predicateType = `${BASE}${what.name}/v1`
    const subject = [{ name: model.name, digest: { sha256: model.digest.slice(7) } }]
    const payload = {
      _type: 'https://in-toto.io/Statement/v1',
      subject,
      predicateType,
      predicate: what.predicate,
    }
    const bundle = {
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      dsseEnvelope: {
        payload: Buffer.from(JSON.stringify(payload)).toString('base64'),
        payloadType: 'application/vnd.in-toto+json',
        signatures: [{ sig: randomBytes(70).toString('base64') }],
      },
    }
    const { index, digest } = ledger.append(utf8(JSON.stringify(bundle)))
    predicates.set(digest, what.predicate)
    const entry = {
      statement: digest,
      index,
      kind: what.kind,
      predicateType,
      at: at(),
      summary: what.summary,
      keyId: `fake-${what.kind}-key`,
      ...(what.actor === undefined ? {} : { principalId: what.actor.principalId }),
    }
    const present = models.get(model.digest) ?? model
    const next = { ...present, ...change, updatedAt: at(), timeline: [...present.timeline, entry] }
    models.set(model.digest, next)
    return next
  }
  const decideNow = (model: ModelDetail, stage: GatedStage): Decision => {
    const reasons = reasonsFor(model, stage)
    const outcome = reasons.some((r) => r.outcome === 'deny')
      ? 'deny'
      : reasons.some((r) => r.outcome === 'review')
        ? 'review'
        : 'allow'
    return {
      id: uuidV7(now(), randomBytes(10)),
      tenant: 'default',
      subject: model.digest,
      stage,
      outcome,
      reasons,
      policy: { name: 'default', digest: digestOfJson({ policy: 'default' }) },
      inputs: model.timeline.filter((entry) => entry.kind !== 'decision').map((entry) => entry.statement),
      decidedAt: at(),
      expiresAt: new Date(now().getTime() + 24 * HOUR).toISOString(),
    }
  }

  const fake: FakeRegistry = {
    calls,
    gate: Promise.resolve(),
    async list({ stage, needsReview, cursor, limit }) {
      const all = [...models.values()]
        .filter((m) => (stage === undefined || m.stage === stage) && (needsReview !== true || m.needsReview))
        .reverse()
        .map(summaryOf)
      const from = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64url').toString())
      if (!Number.isSafeInteger(from))
        throw new SallyportError('BAD_INPUT', 'the cursor is none that was given out')
      const items = all.slice(from, from + limit)
      const end = from + limit
      return end < all.length ? { items, next: Buffer.from(String(end)).toString('base64url') } : { items }
    },
    get: async (digest) => find(digest),
    async importModel({ path, name, derivedFrom }, actor) {
      const bytes = await readFile(path)
      const file = { name: name ?? basename(path), size: bytes.length, sha256: digestOfBytes(bytes).slice(7) }
      return addModel(file, actor, derivedFrom)
    },
    async assess(digest, actor) {
      const model = find(digest)
      const [file] = model.files
      if (file === undefined) throw new SallyportError('BAD_INPUT', 'no files')
      const assessment = { ...judge(file.name, file.size, file.sha256), startedAt: at(), finishedAt: at() }
      const counted = assessment.files.reduce((sum, one) => sum + one.findings.length, 0)
      return state(
        model,
        {
          kind: 'evidence',
          name: 'model-scan',
          summary: `Assessed: ${assessment.verdict}, ${counted} findings`,
          predicate: { verdict: assessment.verdict, assessor: assessment.assessor, coverage: 'full' },
          actor,
        },
        {
          assessment,
          verdict: assessment.verdict,
          stage: model.stage === 'quarantined' ? 'assessed' : model.stage,
          needsReview: assessment.verdict !== 'malicious',
        },
      )
    },
    approve: (digest, { stage, note }, actor) =>
      consent(digest, actor, 'approval', `Approved for ${stage}: ${note}`, { stage, note }, (model) => ({
        stage: model.stage === 'assessed' ? 'approved' : model.stage,
        approvals: model.approvals + 1,
        needsReview: false,
        rejected: false,
      })),
    reject: (digest, { note }, actor) =>
      consent(digest, actor, 'rejection', `Rejected: ${note}`, { note }, () => ({
        needsReview: false,
        rejected: true,
      })),
    askChanges: (digest, { note }, actor) =>
      consent(digest, actor, 'changes-requested', `Changes asked for: ${note}`, { note }, () => ({
        approvals: 0,
        needsReview: true,
      })),
    revoke: (digest, { note }, actor) =>
      consent(digest, actor, 'revocation', `Revoked: ${note}`, { note }, () => ({
        stage: 'revoked' as Stage,
        needsReview: false,
      })),
    waive: (digest, { ruleId, reason, until }, actor) =>
      consent(
        digest,
        actor,
        'waiver',
        `Waived ${ruleId} until ${until}: ${reason}`,
        { ruleId, reason },
        (model) => ({
          waivers: [...model.waivers, { ruleId, owner: actor.principalId, reason, until }],
        }),
      ),
    async promote(digest, { stage }, actor) {
      const model = find(digest)
      const decision = decideNow(model, stage)
      decisions.set(decision.id, decision)
      const { id, outcome, expiresAt } = decision
      await state(
        model,
        {
          kind: 'decision',
          name: 'decision',
          summary: `Decided ${outcome} for ${stage}`,
          predicate: { id, outcome, stage },
        },
        {
          decision: { id, stage, outcome, expiresAt },
          decisions: [decision, ...model.decisions],
          needsReview: outcome === 'review' || model.needsReview,
        },
      )
      if (outcome === 'allow')
        await state(
          find(digest),
          {
            kind: 'evidence',
            name: 'deployment-receipt',
            summary: `Deployed to ${stage}`,
            predicate: { stage, decision: id },
            actor,
          },
          stage === 'development' ? {} : { stage },
        )
      return decision
    },
    decide: async (digest, stage) => decideNow(find(digest), stage),
    async explain(id): Promise<Explanation> {
      const decision = decisions.get(id)
      if (decision === undefined) throw new SallyportError('NOT_FOUND', `there is no decision ${id}`)
      const { timeline } = find(decision.subject)
      const statements = timeline
        .filter((entry) => decision.inputs.includes(entry.statement))
        .map((entry) => ({ ...entry, predicate: predicates.get(entry.statement) ?? {} }))
      return { decision, statements }
    },
  }

  async function addModel(
    file: { name: string; size: number; sha256: string },
    actor: Actor,
    derivedFrom: Digest | undefined,
  ): Promise<ModelDetail> {
    const manifest = makeManifest([file])
    if (!manifest.ok) throw new SallyportError('BAD_INPUT', manifest.error)
    const { digest, omsRoot, entries } = manifest.value
    if (models.has(digest)) return find(digest)
    const parent = derivedFrom === undefined ? undefined : find(derivedFrom)
    const edge: LineageEdge | undefined = parent && {
      from: digest,
      fromName: file.name,
      to: parent.digest,
      toName: parent.name,
      relation: 'derived-from',
    }
    const lineage = edge === undefined ? [] : [edge]
    if (parent !== undefined)
      models.set(parent.digest, { ...parent, lineage: [...parent.lineage, ...lineage] })
    const model: ModelDetail = {
      tenant: 'default',
      digest,
      name: file.name.replace(/\.\w+$/, ''),
      stage: 'quarantined',
      verdict: 'undecided',
      sizeBytes: file.size,
      fileCount: entries.length,
      requestedBy: actor.principalId,
      importedAt: at(),
      updatedAt: at(),
      approvals: 0,
      needsReview: false,
      rejected: false,
      omsRoot,
      files: entries,
      timeline: [],
      decisions: [],
      lineage,
      signatures: file.name.startsWith('sentiment-base') ? FAKE_SIGNATURES : [],
      waivers: [],
    }
    const summary = `Taken into quarantine: ${entries.length} file, ${file.size} bytes`
    const predicate = { source: file.name, request: actor.requestDigest }
    return state(model, { kind: 'evidence', name: 'quarantine', summary, predicate, actor }, {})
  }

  // biome-ignore lint/complexity/useMaxParams: a fake, four callers
  async function consent(
    digest: Digest,
    actor: Actor,
    name: string,
    summary: string,
    predicate: Record<string, unknown>,
    change: (model: ModelDetail) => Partial<ModelDetail>,
  ): Promise<ModelDetail> {
    const model = find(digest)
    const signed = { ...predicate, principal: actor.principalId, authentication: actor.authentication }
    return state(
      model,
      { kind: 'consent', name, summary, predicate: { ...signed, request: actor.requestDigest }, actor },
      change(model),
    )
  }
  return fake
}

function summaryOf(model: ModelDetail): ModelSummary {
  const {
    omsRoot: _o,
    files: _f,
    assessment: _a,
    timeline: _t,
    decisions: _d,
    lineage: _l,
    waivers: _w,
    signatures: _s,
    ...rest
  } = model
  return rest
}

function reasonsFor(model: ModelDetail, stage: GatedStage): readonly Reason[] {
  const scans = model.timeline
    .filter((entry) => entry.predicateType.includes('model-scan'))
    .map((e) => e.statement)
  const consents = model.timeline.filter((entry) => entry.kind === 'consent').map((e) => e.statement)
  const reasons: Reason[] = []
  // biome-ignore lint/complexity/useMaxParams: a fake, six callers
  const add = (
    code: string,
    outcome: Reason['outcome'],
    message: string,
    statements: Digest[],
    nextStep?: string,
  ) => reasons.push({ code, outcome, message, statements, ...(nextStep === undefined ? {} : { nextStep }) })
  if (model.stage === 'revoked')
    add('revoked', 'deny', 'The model was revoked.', consents, 'Import a repaired model.')
  if (scans.length === 0)
    add('evidence.missing', 'deny', 'A model scan is asked for; there is none.', [], 'Assess it.')
  else if (model.verdict === 'malicious')
    add('finding.not-tolerated', 'deny', 'A critical finding stands against it.', scans, 'Reject this model.')
  else if (model.verdict !== 'clean')
    add('coverage.partial', 'review', 'Not everything in it could be read.', scans, 'Look at its findings.')
  else add('ok.evidence', 'allow', 'A fresh scan by a trusted assessor found nothing.', scans)
  const wanted = stage === 'production' ? 2 : 1
  if (model.approvals < wanted)
    add(
      'approvals.too-few',
      'review',
      `${wanted} approvals by people other than the requester are asked for; there are ${model.approvals}.`,
      consents,
      'Ask a reviewer to approve it.',
    )
  else add('ok.approvals', 'allow', `${model.approvals} approvals stand.`, consents)
  return reasons
}
