import { buildCommand } from '@stricli/core'
import { STAGES, type Stage } from '../../../ground/domain/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { EXIT_OF_OUTCOME, EXIT_OF_VERDICT } from '../exit-code.ts'
import { dim, safe } from '../format-text.ts'
import { progressLine } from '../progress-line.ts'
import { resolveModel } from '../resolve-model.ts'
import { decisionLines, detailLines, modelLines, nextStep, timelineLines } from '../show-model.ts'
import { withHome } from '../with-home.ts'

const MODEL = { parse: String, brief: 'Name, digest, or its first digits', placeholder: 'model' } as const

interface ImportFlags extends CommonFlags {
  readonly name?: string
  readonly derivedFrom?: string
  readonly assess: boolean
}

export const importCommand = buildCommand({
  async func(this: CliContext, flags: ImportFlags, path: string) {
    const model = await withHome(this, async (home) => {
      const { name } = flags
      const derivedFrom =
        flags.derivedFrom === undefined ? undefined : await resolveModel(home.registry, flags.derivedFrom)
      const request = {
        path,
        ...(name === undefined ? {} : { name }),
        ...(derivedFrom === undefined ? {} : { derivedFrom }),
      }
      const actor = await home.actor({ verb: 'import', ...request })
      const taken = await home.registry.importModel(request, actor, progressLine(this.io, 'Importing'))
      return flags.assess
        ? await home.registry.assess(taken.digest, actor, progressLine(this.io, 'Assessing'))
        : taken
    })
    print(this, flags, { kind: 'model', model }, () => [
      ...detailLines(model),
      ...(flags.name === undefined || flags.name === model.name
        ? []
        : [`  These very bytes were here before, as ${safe(model.name)}: they keep that name.`]),
      dim(`  next: ${nextStep(model)}`),
    ])
    this.process.exitCode = flags.assess ? EXIT_OF_VERDICT[model.verdict] : 0
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      name: {
        kind: 'parsed',
        parse: String,
        brief: 'What to call it; the file or folder name otherwise',
        optional: true,
      },
      derivedFrom: {
        kind: 'parsed',
        parse: String,
        brief: 'The model that it was made from',
        optional: true,
      },
      assess: { kind: 'boolean', brief: 'Assess it at once', default: true },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'A folder, file, .tar(.gz) or .zip', placeholder: 'path' }],
    },
  },
  docs: {
    brief: 'Take a model into quarantine and assess it',
    fullDescription:
      'Copies every file into the content-addressed store, hashing once. Exit code: that of the verdict (0 clean, 1 malicious, 2 undecided, 4 suspicious).',
    customUsage: [
      { input: './bert --name bert-base', brief: 'a folder' },
      { input: 'tuned.safetensors --derived-from bert-base', brief: 'with its parent' },
    ],
  },
})

export const assessCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags, text: string) {
    const model = await withHome(this, async (home) => {
      const digest = await resolveModel(home.registry, text)
      return home.registry.assess(
        digest,
        await home.actor({ verb: 'assess', digest }),
        progressLine(this.io, 'Assessing'),
      )
    })
    print(this, flags, { kind: 'model', model }, () => detailLines(model))
    this.process.exitCode = EXIT_OF_VERDICT[model.verdict]
  },
  parameters: { flags: { ...JSON_FLAG }, positional: { kind: 'tuple', parameters: [MODEL] } },
  docs: { brief: 'Look at a quarantined model again, with the rules of today' },
})

interface ListFlags extends CommonFlags {
  readonly stage?: Stage
  readonly review: boolean
}

/** Models of one page. */
const PAGE = 200

export const modelsCommand = buildCommand({
  async func(this: CliContext, flags: ListFlags) {
    const items = await withHome(this, async (home) => {
      const all = []
      let cursor: string | undefined
      do {
        const page = await home.registry.list({
          limit: PAGE,
          ...(flags.stage === undefined ? {} : { stage: flags.stage }),
          ...(flags.review ? { needsReview: true } : {}),
          ...(cursor === undefined ? {} : { cursor }),
        })
        all.push(...page.items)
        cursor = page.next
      } while (cursor !== undefined)
      return all
    })
    print(this, flags, { kind: 'models', models: items }, () => modelLines(items))
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      stage: { kind: 'enum', values: STAGES, brief: 'Only models at this stage', optional: true },
      review: {
        kind: 'boolean',
        brief: 'Only models that wait for a person',
        default: false,
        withNegated: false,
      },
    },
  },
  docs: { brief: 'List the models and where they stand' },
})

export const showCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags, text: string) {
    const model = await withHome(this, async (home) =>
      home.registry.get(await resolveModel(home.registry, text)),
    )
    print(this, flags, { kind: 'model', model }, () => {
      const last = model.decisions.at(-1)
      return [
        ...detailLines(model),
        '',
        ...timelineLines(model),
        ...(last === undefined ? [] : ['', ...decisionLines(last)]),
      ]
    })
  },
  parameters: { flags: { ...JSON_FLAG }, positional: { kind: 'tuple', parameters: [MODEL] } },
  docs: { brief: 'Show one model: findings, statements, decision' },
})

export const explainCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags, id: string) {
    const explanation = await withHome(this, (home) => home.registry.explain(id))
    print(this, flags, { kind: 'explanation', ...explanation }, () => [
      ...decisionLines(explanation.decision),
      '',
      ...explanation.statements.flatMap((entry) => [
        `${entry.at}  ${entry.kind}  ${safe(entry.summary)}`,
        dim(
          `  ${entry.statement}  log entry ${entry.index}  key ${entry.keyId.slice(0, 16)}${entry.principalId === undefined ? '' : `  by ${entry.principalId}`}`,
        ),
      ]),
    ])
    this.process.exitCode = EXIT_OF_OUTCOME[explanation.decision.outcome]
  },
  parameters: {
    flags: { ...JSON_FLAG },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'Id of a decision', placeholder: 'decision' }],
    },
  },
  docs: {
    brief: 'Print a decision with every statement behind it',
    fullDescription: 'Exit code: 0 allow, 1 deny, 4 review.',
  },
})
