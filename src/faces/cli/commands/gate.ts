import { buildCommand } from '@stricli/core'
import { GATED_STAGES, type GatedStage } from '../../../ground/domain/index.ts'
import type { ModelDetail } from '../../../services/registry/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { EXIT_OF_OUTCOME } from '../exit-code.ts'
import { dim, safe } from '../format-text.ts'
import type { Home } from '../house.ts'
import { resolveModel } from '../resolve-model.ts'
import { decisionLines, detailLines } from '../show-model.ts'
import { withHome } from '../with-home.ts'

const MODEL = { parse: String, brief: 'Name, digest, or its first digits', placeholder: 'model' } as const
const NOTE = { note: { kind: 'parsed', parse: String, brief: 'Why, in your words' } } as const
const STAGE = { stage: { kind: 'enum', values: GATED_STAGES, brief: 'The stage that is meant' } } as const

interface StageFlags extends CommonFlags {
  readonly stage: GatedStage
}
interface NoteFlags extends CommonFlags {
  readonly note: string
}

/** One consent verb: resolves the model, says who asks, and shows what came of it. */
async function wish(
  context: CliContext,
  flags: CommonFlags,
  text: string,
  ask: (home: Home, digest: ModelDetail['digest']) => Promise<ModelDetail>,
): Promise<void> {
  const model = await withHome(context, async (home) => ask(home, await resolveModel(home.registry, text)))
  print(context, flags, { kind: 'model', model }, () => [
    ...detailLines(model),
    dim(`  ${safe(model.timeline.at(-1)?.summary ?? '')}`),
  ])
}

export const approveCommand = buildCommand({
  func(this: CliContext, flags: StageFlags & NoteFlags, text: string) {
    return wish(this, flags, text, async (home, digest) => {
      const request = { stage: flags.stage, note: flags.note }
      return home.registry.approve(digest, request, await home.actor({ verb: 'approve', digest, ...request }))
    })
  },
  parameters: {
    flags: { ...JSON_FLAG, ...STAGE, ...NOTE },
    positional: { kind: 'tuple', parameters: [MODEL] },
  },
  docs: {
    brief: 'Say that you want a model at a stage',
    fullDescription:
      'Signed in your name. With SALLYPORT_TOKEN set it is the approval of that token’s principal. Your own imports do not count.',
    customUsage: [
      { input: 'bert-base --stage production --note "evaluated on the held-out set"', brief: '' },
    ],
  },
})

export const rejectCommand = buildCommand({
  func(this: CliContext, flags: NoteFlags, text: string) {
    return wish(this, flags, text, async (home, digest) =>
      home.registry.reject(
        digest,
        { note: flags.note },
        await home.actor({ verb: 'reject', digest, note: flags.note }),
      ),
    )
  },
  parameters: { flags: { ...JSON_FLAG, ...NOTE }, positional: { kind: 'tuple', parameters: [MODEL] } },
  docs: { brief: 'Say that you do not want a model' },
})

export const revokeCommand = buildCommand({
  func(this: CliContext, flags: NoteFlags, text: string) {
    return wish(this, flags, text, async (home, digest) =>
      home.registry.revoke(
        digest,
        { note: flags.note },
        await home.actor({ verb: 'revoke', digest, note: flags.note }),
      ),
    )
  },
  parameters: { flags: { ...JSON_FLAG, ...NOTE }, positional: { kind: 'tuple', parameters: [MODEL] } },
  docs: { brief: 'Take a model out of force, for good' },
})

interface WaiveFlags extends CommonFlags {
  readonly rule: string
  readonly reason: string
  readonly until: string
}

export const waiveCommand = buildCommand({
  func(this: CliContext, flags: WaiveFlags, text: string) {
    return wish(this, flags, text, async (home, digest) => {
      const request = { ruleId: flags.rule, reason: flags.reason, until: flags.until }
      return home.registry.waive(digest, request, await home.actor({ verb: 'waive', digest, ...request }))
    })
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      rule: { kind: 'parsed', parse: String, brief: 'Id of the rule, such as pickle/unknown-import' },
      reason: { kind: 'parsed', parse: String, brief: 'Why this is acceptable' },
      until: { kind: 'parsed', parse: String, brief: 'End date, such as 2027-01-31' },
    },
    positional: { kind: 'tuple', parameters: [MODEL] },
  },
  docs: { brief: 'Answer for the findings of one rule, until a date' },
})

export const promoteCommand = buildCommand({
  async func(this: CliContext, flags: StageFlags, text: string) {
    const decision = await withHome(this, async (home) => {
      const digest = await resolveModel(home.registry, text)
      return home.registry.promote(
        digest,
        { stage: flags.stage },
        await home.actor({ verb: 'promote', digest, stage: flags.stage }),
      )
    })
    print(this, flags, { kind: 'decision', decision }, () => decisionLines(decision))
    this.process.exitCode = EXIT_OF_OUTCOME[decision.outcome]
  },
  parameters: { flags: { ...JSON_FLAG, ...STAGE }, positional: { kind: 'tuple', parameters: [MODEL] } },
  docs: {
    brief: 'Ask for a decision, and put the model in force when it is allow',
    fullDescription:
      'Exit code: 0 allow, 1 deny, 4 review. Every decision is sealed, with all of its reasons.',
  },
})
