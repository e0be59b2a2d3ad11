import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { type Document, isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import policySchema from '../../../catalog/schemas/policy.schema.json' with { type: 'json' }
import { digestOfJson, GATED_STAGES, type GatedStage, type Severity } from '../../ground/domain/index.ts'
import { fail, ok, type Result } from '../../ground/lang/index.ts'
import type { PredicateName } from '../evidence/index.ts'
import { type Condition, parseCondition } from './condition.ts'
import type {
  ApprovalRule,
  AutomaticRule,
  EvidenceRule,
  Policy,
  PolicyProblem,
  StagePolicy,
  TrainingPolicy,
} from './policy.ts'

/** Characters. The default policy has 1,200; a policy that nobody can read protects nobody. */
const MAX_POLICY_CHARACTERS = 128 * 1024

const MINUTE = 60_000
const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: 60 * MINUTE, d: 24 * 60 * MINUTE }

/** The document as its schema has checked it. */
interface PolicyDocument {
  readonly schemaVersion: 1
  readonly name: string
  readonly description?: string
  readonly stages: Readonly<Partial<Record<GatedStage, StageDocument>>>
  readonly training?: Omit<TrainingPolicy, 'maxAgeMs'> & { readonly maxAge: string }
}

interface StageDocument {
  readonly evidence: readonly EvidenceDocument[]
  readonly approvals: Omit<ApprovalRule, 'excludeRequester' | 'maxAgeMs'> & {
    readonly excludeRequester?: boolean
    readonly maxAge?: string
  }
  readonly automatic?: readonly AutomaticRule[]
  readonly waivers?: { readonly allowed: boolean; readonly maxDuration?: string }
  readonly expiresAfter: string
  readonly ancestors?: Partial<StagePolicy['ancestors']>
}

interface EvidenceDocument {
  readonly predicate: PredicateName
  readonly signers?: readonly string[]
  readonly maxAge?: string
  readonly coverage?: 'full' | 'partial'
  readonly tolerate?: { readonly severities?: readonly Severity[]; readonly ruleIds?: readonly string[] }
  readonly conditions?: readonly { readonly cel: string; readonly message: string }[]
  readonly acceptFrom?: EvidenceRule['acceptFrom']
}

/** A policy from its YAML text, or everything that is wrong with it, with lines and columns. */
export function parsePolicy(text: string): Result<Policy, readonly PolicyProblem[]> {
  if (text.length > MAX_POLICY_CHARACTERS)
    return fail([
      problemAt(`the policy has ${text.length} characters; the limit is ${MAX_POLICY_CHARACTERS}`),
    ])
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, strict: true, stringKeys: true, version: '1.2' })
  const broken = [...problemsOfYaml(document, lines), ...problemsOfAliases(document, lines)]
  if (broken.length > 0) return fail(broken)
  const value: unknown = document.toJS({ maxAliasCount: 0 })
  const validate = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(policySchema)
  const isValid: boolean = validate(value)
  if (!isValid) return fail(problemsOfSchema(document, lines, validate.errors ?? []))
  return buildPolicy(value as PolicyDocument, (path, message) => placeOf(document, lines, path, message))
}

type Place = (path: readonly string[], message: string) => PolicyProblem

function buildPolicy(document: PolicyDocument, place: Place): Result<Policy, readonly PolicyProblem[]> {
  const problems: PolicyProblem[] = []
  const stages: Partial<Record<GatedStage, StagePolicy>> = {}
  for (const stage of GATED_STAGES) {
    const written = document.stages[stage]
    if (written === undefined) continue
    const at = ['stages', stage]
    const evidence = written.evidence.map((rule, i) =>
      buildEvidenceRule(rule, [...at, 'evidence', String(i)], { place, problems }),
    )
    stages[stage] = buildStage(written, evidence)
  }
  if (problems.length > 0) return fail(problems)
  const { name, description, training } = document
  return ok({
    name,
    ...(description === undefined ? {} : { description }),
    digest: digestOfJson(document),
    stages,
    ...(training === undefined ? {} : { training: buildTraining(training) }),
  })
}

function buildTraining({
  requireVettedData,
  onViolation,
  maxAge,
}: NonNullable<PolicyDocument['training']>): TrainingPolicy {
  return { requireVettedData, onViolation, maxAgeMs: durationMs(maxAge) }
}

function buildStage(written: StageDocument, evidence: readonly EvidenceRule[]): StagePolicy {
  const { count, excludeRequester = true, by, authentication, maxAge } = written.approvals
  const { allowed, maxDuration } = written.waivers ?? { allowed: false }
  return {
    evidence,
    approvals: {
      count,
      excludeRequester,
      ...(by === undefined ? {} : { by }),
      ...(authentication === undefined ? {} : { authentication }),
      ...(maxAge === undefined ? {} : { maxAgeMs: durationMs(maxAge) }),
    },
    automatic: written.automatic ?? [],
    waivers: { allowed, ...(maxDuration === undefined ? {} : { maxDurationMs: durationMs(maxDuration) }) },
    expiresAfterMs: durationMs(written.expiresAfter),
    ancestors: { revoked: 'review', malicious: 'deny', ...written.ancestors },
  }
}

function buildEvidenceRule(
  written: EvidenceDocument,
  path: readonly string[],
  { place, problems }: { readonly place: Place; readonly problems: PolicyProblem[] },
): EvidenceRule {
  const conditions: Condition[] = []
  for (const [i, { cel, message }] of (written.conditions ?? []).entries()) {
    const condition = parseCondition(cel, message)
    if (condition.ok) conditions.push(condition.value)
    else problems.push(place([...path, 'conditions', String(i), 'cel'], `the condition ${condition.error}`))
  }
  return {
    predicate: written.predicate,
    signers: written.signers ?? ['assessor'],
    ...(written.maxAge === undefined ? {} : { maxAgeMs: durationMs(written.maxAge) }),
    coverage: written.coverage ?? 'full',
    tolerate: { severities: written.tolerate?.severities ?? [], ruleIds: written.tolerate?.ruleIds ?? [] },
    conditions,
    acceptFrom: written.acceptFrom ?? [],
  }
}

function durationMs(text: string): number {
  return Number.parseInt(text, 10) * (UNITS[text.slice(-1)] ?? Number.NaN)
}

function problemsOfYaml(document: Document.Parsed, lines: LineCounter): PolicyProblem[] {
  // A warning is a tag or a directive that nobody has resolved: the reader and we would see different documents.
  return [...document.errors, ...document.warnings].map((error) => {
    const { line, col } = lines.linePos(error.pos[0])
    return problemAt(error.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? 'not YAML', line, col)
  })
}

function problemsOfAliases(document: Document.Parsed, lines: LineCounter): PolicyProblem[] {
  const problems: PolicyProblem[] = []
  visit(document, {
    Alias: (_, node) => {
      const { line, col } = lines.linePos(node.range?.[0] ?? 0)
      if (isAlias(node)) problems.push(problemAt('aliases are not read in a policy: write it out', line, col))
    },
  })
  return problems
}

function problemsOfSchema(
  document: Document.Parsed,
  lines: LineCounter,
  errors: readonly ErrorObject[],
): readonly PolicyProblem[] {
  // "if" only says that "then" or "else" failed, which says it better itself.
  return errors
    .filter(({ keyword }) => keyword !== 'if')
    .map((error) => {
      const path = error.instancePath
        .split('/')
        .slice(1)
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
      const extra: unknown = error.params.additionalProperty ?? error.params.unevaluatedProperty
      const at = typeof extra === 'string' ? [...path, extra] : path
      return placeOf(document, lines, at, sayError(error, extra))
    })
}

function sayError(error: ErrorObject, extra: unknown): string {
  if (typeof extra === 'string') return `the word "${extra}" means nothing here`
  if (error.params.missingProperty === 'iAcceptASinglePerson')
    return 'one approval for production needs "iAcceptASinglePerson: true" beside it: a single person can then put a model there'
  if (error.params.missingProperty === 'iAcceptNoPerson')
    return 'rules that ask nobody for production need "iAcceptNoPerson: true" beside the approvals: a model can then get there by itself'
  if (error.keyword === 'const') return `must be ${JSON.stringify(error.params.allowedValue)}`
  if (error.keyword === 'enum') return `must be one of ${JSON.stringify(error.params.allowedValues)}`
  return error.message ?? 'is wrong'
}

function placeOf(
  document: Document.Parsed,
  lines: LineCounter,
  path: readonly string[],
  message: string,
): PolicyProblem {
  const { line, col } = lines.linePos(offsetOf(document, path))
  return { path: path.length === 0 ? '(document)' : path.join('.'), line, column: col, message }
}

function offsetOf(document: Document.Parsed, path: readonly string[]): number {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const last = path.at(-1)
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last)
    if (pair !== undefined && isScalar(pair.key) && pair.key.range) return pair.key.range[0]
  }
  const node: unknown = document.getIn(path, true)
  return isNode(node) ? (node.range?.[0] ?? 0) : 0
}

function problemAt(message: string, line = 1, column = 1): PolicyProblem {
  return { path: '(document)', line, column, message }
}
