import { verifierOfPem } from '../../ground/crypto/index.ts'
import {
  type FileAssessment,
  hexOfDigest,
  makeManifest,
  OUTCOMES,
  type Statement,
  VERDICTS,
  type Verdict,
  worstVerdict,
} from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { isDescriptorKind } from './descriptor-subject.ts'
import type { PredicateName } from './predicate-types.ts'
import type { DerivationRelation, Predicates } from './predicates.ts'
import { timeOfPredicate } from './time-of-predicate.ts'

type Check<N extends PredicateName> = (predicate: Predicates[N], statement: Statement) => string | undefined

/** What a run says of its own times, and whether it was stopped by a limit that it had. */
function problemOfRun(run: Predicates['training-run']): string | undefined {
  if (Date.parse(run.finishedAt) < Date.parse(run.startedAt)) return 'it finished before it started'
  if (run.at !== run.finishedAt) return 'its time is not the time at which the run ended'
  const { wallMs, cpuMs, gpuMs, memoryBytes } = run.budget
  const isLimited = [wallMs, cpuMs, gpuMs, memoryBytes].some((limit) => limit !== undefined)
  return run.outcome === 'stopped-by-budget' && !isLimited
    ? 'it was stopped by its budget, which limits nothing'
    : undefined
}

/** What a JSON Schema cannot say: that the parts of a statement agree with each other. */
const CHECKS: { readonly [N in PredicateName]?: Check<N> } = {
  'model-scan': (scan) => {
    const problem = scan.files.map(problemOfFile).find((found) => found !== undefined)
    if (problem !== undefined) return problem
    if (new Set(scan.files.map(({ path }) => path)).size !== scan.files.length)
      return 'a file stands in it twice'
    if (Date.parse(scan.finishedAt) < Date.parse(scan.startedAt)) return 'it finished before it started'
    if (scan.at !== scan.finishedAt) return 'its time is not the time at which the scan finished'
    const worst = worstVerdict(scan.files.map(({ verdict }) => verdict))
    return scan.verdict === worst
      ? undefined
      : `its verdict is ${scan.verdict}, but the worst of its files is ${worst}`
  },
  quarantine: (quarantine, { subject }) => {
    const manifest = makeManifest(quarantine.files)
    if (!manifest.ok) return manifest.error
    if (hexOfDigest(manifest.value.digest) !== subject[0]?.digest?.sha256)
      return 'its files are not those of its subject'
    return manifest.value.omsRoot === quarantine.omsRoot ? undefined : 'its OMS root is not that of its files'
  },
  'model-signature': ({ result, reason, method, believed, statement }) => {
    if (result === 'refused') return reason === undefined ? 'it was refused without a reason' : undefined
    const isWhole = method !== undefined && believed !== undefined && statement !== undefined
    return isWhole ? undefined : 'it does not say who signed what'
  },
  'training-run': problemOfRun,
  'data-vetting': ({ verdict, coverage }) =>
    verdict === 'clean' && coverage.status !== 'full'
      ? 'it calls clean what was not read in full'
      : undefined,
  'key-event': ({ event, since, publicKeyPem }, { subject }) => {
    if (keyIdOf(publicKeyPem) !== subject[0]?.digest?.sha256) return 'its key is not that of its subject'
    return (event === 'revoked') === (since !== undefined)
      ? undefined
      : 'a revocation, and nothing else, has a since'
  },
  approval: ({ at, conditions }) => {
    if (conditions?.until === undefined) return undefined
    if (!isRealTime(conditions.until)) return `until is ${conditions.until}, which no calendar has`
    return Date.parse(conditions.until) > Date.parse(at) ? undefined : 'it ends before it begins'
  },
  waiver: ({ at, until }) => (Date.parse(until) > Date.parse(at) ? undefined : 'it ends before it begins'),
  decision: (decision, { subject }) => {
    if (hexOfDigest(decision.subject) !== subject[0]?.digest?.sha256) return 'it decides on another subject'
    if (Date.parse(decision.expiresAt) < Date.parse(decision.decidedAt))
      return 'it expires before it was made'
    const worst = OUTCOMES.findLast((outcome) =>
      decision.reasons.some((reason) => reason.outcome === outcome),
    )
    return worst === decision.outcome
      ? undefined
      : `it says ${decision.outcome}, but its reasons say ${worst}`
  },
  derivation: ({ relation, from, others = [] }, { subject }) => {
    const parents = [from, ...others].map(({ digest }) => hexOfDigest(digest))
    if (parents.includes(subject[0]?.digest?.sha256 ?? '')) return 'a model cannot be made from itself'
    if (new Set(parents).size !== parents.length) return 'a parent stands in it twice'
    return others.length > 0 && !SEVERAL_PARENTS.includes(relation)
      ? `a ${relation} has one parent; several make a merge`
      : undefined
  },
}

/** `derived-from` says so little that it may have several too. */
const SEVERAL_PARENTS: readonly DerivationRelation[] = ['merge', 'derived-from']

/** Why a statement that follows its schema still cannot be true, or undefined. */
export function problemOfMeaning(name: PredicateName, statement: Statement): string | undefined {
  const problem = problemOfTimes(statement.predicate) ?? problemOfOwnSubject(name, statement)
  if (problem !== undefined) return problem
  // The schema of this very name has been checked, so the predicate is of its type.
  const check = CHECKS[name] as Check<PredicateName> | undefined
  return check?.(statement.predicate as unknown as Predicates[PredicateName], statement)
}

function problemOfFile(file: FileAssessment): string | undefined {
  if (file.verdict === 'clean' && file.coverage.length === 0)
    return `"${file.path}" is called clean, but nothing says that it was read`
  if (file.verdict === 'clean' && file.coverage.some(({ status }) => status !== 'full'))
    return `"${file.path}" is called clean, but was not read in full`
  const worst = worstVerdict([...file.findings.map(({ verdict }) => verdict), file.verdict])
  return rank(file.verdict) <= rank(worst)
    ? undefined
    : `"${file.path}" is called ${file.verdict} with a ${worst} finding`
}

function rank(verdict: Verdict): number {
  return VERDICTS.indexOf(verdict)
}

/** Undefined for a text that is no key: then it is not the subject's either. */
function keyIdOf(publicKeyPem: string): string | undefined {
  try {
    return verifierOfPem(publicKeyPem).keyId
  } catch (cause) {
    if (cause instanceof SallyportError) return undefined
    throw cause
  }
}

const TIME_FIELDS = ['at', 'since', 'startedAt', 'finishedAt', 'until', 'decidedAt', 'expiresAt']

function problemOfTimes(predicate: Readonly<Record<string, unknown>>): string | undefined {
  for (const field of TIME_FIELDS) {
    const text = predicate[field]
    if (typeof text === 'string' && !isRealTime(text)) return `${field} is ${text}, which no calendar has`
  }
  return undefined
}

function isRealTime(text: string): boolean {
  const ms = Date.parse(text)
  return Number.isFinite(ms) && new Date(ms).toISOString() === text
}

/** Ours speak of one model, in one tenant; statements of others may name many subjects and no tenant. */
function problemOfOwnSubject(name: PredicateName, statement: Statement): string | undefined {
  if (!statement.predicateType.startsWith('https://sallyport.dev/')) {
    return timeOfPredicate(name, statement.predicate) === null ? 'its time cannot be read' : undefined
  }
  if (statement.subject.length !== 1) return 'it has more than one subject'
  const { omsRoot, tenant, kind } = statement.subject[0]?.annotations ?? {}
  if (kind !== undefined && !isDescriptorKind(kind))
    return `its subject is of the kind ${JSON.stringify(kind)?.slice(0, 80)}, which is not known`
  if (kind === undefined && (typeof omsRoot !== 'string' || !/^[0-9a-f]{64}$/.test(omsRoot)))
    return 'its subject has no OMS root beside it'
  return typeof tenant === 'string' && tenant !== '' ? undefined : 'its subject names no tenant'
}
