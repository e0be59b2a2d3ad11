import { buildCommand, buildRouteMap } from '@stricli/core'
import { GATED_STAGES, type GatedStage } from '../../../ground/domain/index.ts'
import {
  CASE_STATES,
  type CaseState,
  type ReviewCase,
  type ReviewDetail,
} from '../../../services/review/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import type { ReviewDoor } from '../doors/review.ts'
import { dim, safe } from '../format-text.ts'
import { resolveModel } from '../resolve-model.ts'
import { table } from '../table.ts'
import { withHome } from '../with-home.ts'

const MODEL = { parse: String, brief: 'Name, digest, or its first digits', placeholder: 'model' } as const
const NOTE = { note: { kind: 'parsed', parse: String, brief: 'Why, in your words' } } as const
const MODEL_ONLY = { kind: 'tuple', parameters: [MODEL] } as const
/** Cases that are listed. */
const MAX_LISTED = 200
/** Hex digits of a digest that people compare. */
const SHORT = 12

type Digest = ReviewDetail['digest']

interface ListFlags extends CommonFlags {
  readonly state?: CaseState
  readonly owner?: string
}

const listCases = buildCommand({
  async func(this: CliContext, flags: ListFlags) {
    const { state, owner } = flags
    const page = await withHome(this, async (home) =>
      (await home.review()).list({
        limit: MAX_LISTED,
        ...(state === undefined ? {} : { state }),
        ...(owner === undefined ? {} : { owner }),
      }),
    )
    print(this, flags, { kind: 'review-queue', cases: page.items, more: page.next !== undefined }, () =>
      showQueue(page.items),
    )
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      state: { kind: 'enum', values: CASE_STATES, brief: 'Cases in this state only', optional: true },
      owner: { kind: 'parsed', parse: String, brief: 'Cases that this principal has taken', optional: true },
    },
  },
  docs: {
    brief: 'List what gates could not let through',
    fullDescription:
      'The last opened first. While a server runs it holds the home: look at its console, or ask GET /api/v1/review.',
  },
})

const showCase = buildCommand({
  func(this: CliContext, flags: CommonFlags, text: string) {
    return about(this, flags, text, async (door, digest) => door.get(digest, await door.reader()))
  },
  parameters: { flags: { ...JSON_FLAG }, positional: MODEL_ONLY },
  docs: { brief: 'Show one case: reasons, answers, who asked, its publisher' },
})

const takeCase = buildCommand({
  func(this: CliContext, flags: CommonFlags & { readonly principal?: string }, text: string) {
    return about(this, flags, text, async (door, digest) => {
      const request = flags.principal === undefined ? {} : { principalId: flags.principal }
      return door.take(digest, request, await door.actor({ verb: 'review take', digest, ...request }))
    })
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      principal: {
        kind: 'parsed',
        parse: String,
        brief: 'Who is to answer; you where it is not given',
        optional: true,
      },
    },
    positional: MODEL_ONLY,
  },
  docs: { brief: 'Become the one who is to answer' },
})

const setDeadline = buildCommand({
  func(this: CliContext, flags: CommonFlags & { readonly until: string }, text: string) {
    return about(this, flags, text, async (door, digest) => {
      const request = { deadline: flags.until }
      return door.setDeadline(
        digest,
        request,
        await door.actor({ verb: 'review deadline', digest, ...request }),
      )
    })
  },
  parameters: {
    flags: { ...JSON_FLAG, until: { kind: 'parsed', parse: String, brief: 'A day, such as 2027-01-31' } },
    positional: MODEL_ONLY,
  },
  docs: { brief: 'Set until when an answer is due' },
})

interface ApproveFlags extends CommonFlags {
  readonly stage?: GatedStage
  readonly note: string
  readonly safetensorsOnly: boolean
  readonly commit?: string
  readonly until?: string
}

const approveCase = buildCommand({
  func(this: CliContext, flags: ApproveFlags, text: string) {
    return about(this, flags, text, async (door, digest) => {
      const stage = flags.stage ?? (await door.get(digest, await door.reader())).stage
      const request = { stage, note: flags.note, ...conditionsOf(flags) }
      return door.approve(digest, request, await door.actor({ verb: 'approve', digest, ...request }))
    })
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      ...NOTE,
      stage: {
        kind: 'enum',
        values: GATED_STAGES,
        brief: 'The stage; that of the case where not given',
        optional: true,
      },
      safetensorsOnly: {
        kind: 'boolean',
        brief: 'It counts only while every file of weights is safetensors',
        default: false,
        withNegated: false,
      },
      commit: {
        kind: 'parsed',
        parse: String,
        brief: 'It counts only for bytes that came as this commit, or version of a registry',
        optional: true,
      },
      until: { kind: 'parsed', parse: String, brief: 'It counts until this day', optional: true },
    },
    positional: MODEL_ONLY,
  },
  docs: {
    brief: 'Approve, under conditions where you have some',
    customUsage: [{ input: 'org/model --note "evaluated" --safetensors-only --until 2027-01-31', brief: '' }],
  },
})

const rejectCase = buildCommand({
  func(this: CliContext, flags: CommonFlags & { readonly note: string }, text: string) {
    const { note } = flags
    return about(this, flags, text, async (door, digest) =>
      door.reject(digest, { note }, await door.actor({ verb: 'reject', digest, note })),
    )
  },
  parameters: { flags: { ...JSON_FLAG, ...NOTE }, positional: MODEL_ONLY },
  docs: { brief: 'Reject' },
})

const askChanges = buildCommand({
  func(this: CliContext, flags: CommonFlags & { readonly note: string }, text: string) {
    const { note } = flags
    return about(this, flags, text, async (door, digest) =>
      door.askChanges(digest, { note }, await door.actor({ verb: 'ask-changes', digest, note })),
    )
  },
  parameters: { flags: { ...JSON_FLAG, ...NOTE }, positional: MODEL_ONLY },
  docs: { brief: 'Ask for changes; earlier approvals no longer count' },
})

/** `sallyport review …`. */
export const reviewCommands = buildRouteMap({
  routes: {
    list: listCases,
    show: showCase,
    take: takeCase,
    approve: approveCase,
    reject: rejectCase,
    askChanges,
    deadline: setDeadline,
  },
  defaultCommand: 'list',
  docs: { brief: 'What gates could not let through, and the answers of people' },
})

function conditionsOf({ safetensorsOnly, commit, until }: ApproveFlags) {
  const conditions = {
    ...(safetensorsOnly ? { safetensorsOnly } : {}),
    ...(commit === undefined ? {} : { commit }),
    ...(until === undefined ? {} : { until }),
  }
  return Object.keys(conditions).length === 0 ? {} : { conditions }
}

async function about(
  context: CliContext,
  flags: CommonFlags,
  text: string,
  ask: (door: ReviewDoor, digest: Digest) => Promise<ReviewDetail>,
): Promise<void> {
  const detail = await withHome(context, async (home) =>
    ask(await home.review(), await resolveModel(home.registry, text)),
  )
  print(context, flags, { kind: 'review-case', case: detail }, () => caseLines(detail))
}

function showQueue(cases: readonly ReviewCase[]): readonly string[] {
  if (cases.length === 0) return ['Nothing waits for a person.']
  return table(
    ['MODEL', 'DIGEST', 'STAGE', 'STATE', 'DUE', 'ASKED', 'REASON'],
    cases.map((one) => [
      safe(one.name),
      one.digest.slice('sha256:'.length, 'sha256:'.length + SHORT),
      one.stage,
      one.overdue ? 'overdue' : one.state,
      one.deadline,
      String(one.requests),
      one.state === 'approved' ? '' : safe(one.reason),
    ]),
  )
}

function caseLines(detail: ReviewDetail): readonly string[] {
  const { name, digest, stage, state, deadline, approvals, answers, requesters } = detail
  return [
    `${safe(name)}  ${digest}`,
    `  ${state} for ${stage}, due by ${deadline}${detail.owner === undefined ? '' : `, taken by ${safe(detail.owner)}`}`,
    ...(detail.source === undefined ? [] : [`  from ${safe(detail.source)}`]),
    ...publisherLines(detail),
    `  approvals: ${approvals.have} of ${approvals.need}`,
    ...detail.reasons
      .filter(({ outcome }) => outcome !== 'allow')
      .flatMap(({ outcome, message, nextStep }) => [
        `  ${outcome}: ${safe(message)}`,
        ...(nextStep === undefined ? [] : [dim(`    → ${safe(nextStep)}`)]),
      ]),
    ...requesters.map(
      (one) =>
        `  asked by ${safe(one.principalId)} through ${one.door}, ${one.times === 1 ? 'once' : `${one.times} times`}`,
    ),
    ...answers.map(
      ({ at, what, principalId, note, conditions }) =>
        `  ${at} ${what} by ${safe(principalId)}${conditionsText(conditions)}: ${safe(note)}`,
    ),
    ...(detail.whyNot === undefined ? [] : [dim(`  ${detail.whyNot}`)]),
  ]
}

function conditionsText(conditions: ReviewDetail['answers'][number]['conditions']): string {
  const { safetensorsOnly, commit, until } = conditions ?? {}
  return [
    ...(safetensorsOnly === true ? [', safetensors only'] : []),
    ...(commit === undefined ? [] : [`, as ${commit.slice(0, SHORT)} only`]),
    ...(until === undefined ? [] : [`, until ${until}`]),
  ].join('')
}

function publisherLines({ publisherHistory, license }: ReviewDetail): readonly string[] {
  const licence = license === undefined ? [] : [`  licence ${safe(license)}`]
  if (publisherHistory === undefined) return licence
  const { name, firstSeen, models, approved, refused, signedBefore, changedFrom } = publisherHistory
  const signed = signedBefore ? 'signed before' : 'never signed'
  const changed = changedFrom === undefined ? '' : `; the repository was ${safe(changedFrom)}'s before`
  return [
    `  by ${safe(name)}, first seen ${firstSeen}: ${models} models, ${approved} approved, ${refused} refused, ${signed}${changed}`,
    ...licence,
  ]
}
