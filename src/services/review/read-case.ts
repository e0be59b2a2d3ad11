import type { Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { predicateOf } from '../../trust/evidence/index.ts'
import type { FoundStatement, ModelFacts, StoredCase } from './ports.ts'
import type { QueueDeps } from './queue-deps.ts'
import type { Reader, ReviewCase, ReviewDetail } from './review-port.ts'
import { answersIn } from './settle-case.ts'

/** Requesters on one line of the queue, and on a case's page. */
const SHOWN_IN_LIST = 5
const SHOWN_ON_PAGE = 100
/** Models of one line that are looked at for the last approved one. */
const MAX_LINE = 100

/** A case as a list shows it. */
export function caseOf(deps: QueueDeps, kase: StoredCase, shown = SHOWN_IN_LIST): ReviewCase {
  const { book } = deps
  const { digest, stage, state, outcome, reason, openedAt, deadline, owner, approvals } = kase
  const facts = book.facts(digest)
  const source = facts?.source ?? kase.source
  const { publisher, license, line } = facts ?? {}
  const waits = state === 'open' || state === 'changes-asked'
  return {
    ...{ digest, name: facts?.name ?? digest, stage, state, outcome, reason, openedAt, deadline, approvals },
    verdict: facts?.verdict ?? 'undecided',
    overdue: waits && Date.parse(deadline) < deps.now().getTime(),
    requests: book.requests(digest),
    requesters: book.requesters(digest, shown),
    ...(owner === undefined ? {} : { owner }),
    ...(source === undefined ? {} : { source }),
    ...(line === undefined ? {} : { lineOf: line }),
    ...(license === undefined ? {} : { license }),
    ...(publisher === undefined ? {} : { publisher }),
  }
}

/** A case with everything a reviewer wants to see. @throws SallyportError `NOT_FOUND` */
export async function readCase(deps: QueueDeps, digest: Digest, reader: Reader): Promise<ReviewDetail> {
  const kase = knownCase(deps, digest)
  const statements = await deps.registry.about(digest)
  const decision = await deps.registry.decide(digest, kase.stage)
  const facts = deps.book.facts(digest)
  const whyNot = problemOfReader(deps, kase, { reader, statements, facts })
  const ledgerIndex = statements.at(-1)?.index
  return {
    ...caseOf(deps, kase, SHOWN_ON_PAGE),
    reasons: decision.reasons.map(({ code, outcome, message, nextStep }) => ({
      ...{ code, outcome, message },
      ...(nextStep === undefined ? {} : { nextStep }),
    })),
    answers: answersIn(statements),
    ...publisherOf(deps, facts),
    ...previousOf(deps, facts),
    mayApprove: whyNot === undefined,
    ...(whyNot === undefined ? {} : { whyNot }),
    ...(ledgerIndex === undefined ? {} : { ledgerIndex }),
  }
}

/** @throws SallyportError `NOT_FOUND` */
export function knownCase({ book }: Pick<QueueDeps, 'book'>, digest: Digest): StoredCase {
  const kase = book.case(digest)
  if (kase !== undefined) return kase
  throw new SallyportError(
    'NOT_FOUND',
    `no case about ${digest}: no gate has held it back; \`sallyport review list\` shows those that are`,
  )
}

function publisherOf(
  { book }: QueueDeps,
  facts: ModelFacts | undefined,
): Pick<ReviewDetail, 'publisherHistory'> {
  if (facts?.publisher === undefined) return {}
  const { publisher, line, firstSeen } = facts
  const history = book.publisher(publisher)
  if (history === undefined) return {}
  const changedFrom = book
    .ofLine(line, MAX_LINE)
    .find((one) => one.firstSeen < firstSeen && ![undefined, publisher].includes(one.publisher))?.publisher
  return { publisherHistory: { ...history, ...(changedFrom === undefined ? {} : { changedFrom }) } }
}

function previousOf({ book }: QueueDeps, facts: ModelFacts | undefined): Pick<ReviewDetail, 'previous'> {
  if (facts === undefined) return {}
  const approved = book
    .ofLine(facts.line, MAX_LINE)
    .flatMap(({ digest, name, approvedAt }) =>
      digest === facts.digest || approvedAt === undefined ? [] : [{ digest, name, approvedAt }],
    )
    .toSorted((a, b) => (a.approvedAt < b.approvedAt ? 1 : -1))
  const [previous] = approved
  return previous === undefined ? {} : { previous }
}

interface Question {
  readonly reader: Reader
  readonly statements: readonly FoundStatement[]
  readonly facts: ModelFacts | undefined
}

/** Why an approval of this reader would not count, or not help. The policy judges anew when a gate decides; this only says so before. */
function problemOfReader(deps: QueueDeps, kase: StoredCase, question: Question): string | undefined {
  const { reader, statements, facts } = question
  if (!reader.mayReview) return 'Your role may not review; ask an administrator for "reviewer".'
  if (statements.some(({ verified }) => verified.name === 'revocation'))
    return 'The model was revoked, which is for good.'
  if (facts?.verdict === 'malicious') return 'It was found malicious; no approval and no waiver covers that.'
  const rule = deps.policy.stages[kase.stage]?.approvals
  if (rule?.excludeRequester !== false && hasAsked(question))
    return 'You asked for this model yourself; somebody else has to approve it.'
  const { principalId, owner } = reader
  return rule?.by === undefined || rule.by.includes(principalId) || rule.by.includes(owner)
    ? undefined
    : `The policy names who may approve for ${kase.stage}, and you are not among them.`
}

function hasAsked({ reader, statements }: Question): boolean {
  return statements.some(({ verified }) => {
    const wish = predicateOf(verified, 'quarantine') ?? predicateOf(verified, 'access-request')
    return wish !== undefined && (wish.principalId === reader.principalId || wish.owner === reader.owner)
  })
}
