import { buildCommand, buildRouteMap } from '@stricli/core'
import { type Digest, GATED_STAGES, type GatedStage } from '../../../ground/domain/index.ts'
import { SallyportError } from '../../../ground/lang/index.ts'
import type { OpenedIndex, TakenModel } from '../../../services/bundle/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { bold, dim, safe, shortDigest, showCount, showVerdict } from '../format-text.ts'
import { progressLine } from '../progress-line.ts'
import { resolveModel } from '../resolve-model.ts'
import { table } from '../table.ts'
import { withHome } from '../with-home.ts'

const FILE = { parse: String, brief: 'The bundle', placeholder: 'file' } as const
const ACCEPT_KEY = {
  kind: 'parsed',
  parse: parseKeyId,
  brief: 'Believe this key for this bundle: its whole id, compared over another way; may be repeated',
  optional: true,
  variadic: true,
} as const

function parseKeyId(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text
  throw new SallyportError(
    'BAD_INPUT',
    'a key is named by all 64 hex digits of its id: fewer could be met by another key',
  )
}

interface ExportFlags extends CommonFlags {
  readonly out: string
  readonly stage: GatedStage
}

const exportCommand = buildCommand({
  async func(this: CliContext, flags: ExportFlags, ...models: string[]) {
    const { index, size } = await withHome(this, async (home) => {
      const digests: Digest[] = []
      for (const model of models) digests.push(await resolveModel(home.registry, model))
      const onBytes = bytesOf(this, 'Writing')
      return (await home.bundles()).export(digests, flags.stage, flags.out, onBytes)
    })
    const output = { ...outputOf(index), file: flags.out, bytes: size, signerKeyId: index.signerKeyId }
    print(this, flags, { kind: 'bundle', ...output }, () => [
      `${bold(safe(flags.out))}  ${showCount(index.models.length, 'model')}`,
      ...contentLines(index),
      dim(`  signed by the policy key ${index.signerKeyId}`),
      dim('  Whoever imports it must believe this key, or name it with --accept-key.'),
    ])
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      out: { kind: 'parsed', parse: String, brief: 'The file to write' },
      stage: {
        kind: 'enum',
        values: GATED_STAGES,
        brief: 'For which they are approved',
        default: 'production',
      },
    },
    positional: {
      kind: 'array',
      minimum: 1,
      parameter: { parse: String, brief: 'Name or digest of a model', placeholder: 'model' },
    },
  },
  docs: {
    brief: 'Write approved models, and all that is known of them, as one signed archive',
    fullDescription:
      'Only what is promoted and allowed for the stage now. The archive is a tar: a signed index, the statements with proofs that they were logged, the files.',
    customUsage: [{ input: 'bert resnet --out approved.spb', brief: 'what is in production' }],
  },
})

interface ImportFlags extends CommonFlags {
  readonly acceptKey?: readonly string[]
}

const importCommand = buildCommand({
  async func(this: CliContext, flags: ImportFlags, file: string) {
    const taken = await withHome(this, async (home) => {
      const actor = await home.actor({ verb: 'import', bundle: file })
      return (await home.bundles()).import(file, flags.acceptKey ?? [], actor, bytesOf(this, 'Checking'))
    })
    const models = taken.models.map(takenOutput)
    const output = { ...outputOf(taken.index), ...signerOf(taken), file, models }
    print(this, flags, { kind: 'bundle', ...output }, () => takenLines(taken, taken.models))
  },
  parameters: {
    flags: { ...JSON_FLAG, acceptKey: ACCEPT_KEY },
    positional: { kind: 'tuple', parameters: [FILE] },
  },
  docs: {
    brief: 'Take in the models of a bundle, after every byte of it was checked',
    fullDescription: [
      'Nothing is taken in before the last byte was seen: signature, digests, proofs, and that the decision holds still.',
      'Each model lands in quarantine and is looked at again; whether it may be used is decided here. Statements of keys that',
      'are believed here (`sallyport keys trust`) count here; all others are cited.',
    ].join('\n'),
    customUsage: [{ input: 'approved.spb', brief: 'signed by a key that is believed here' }],
  },
})

const showBundle = buildCommand({
  async func(this: CliContext, flags: ImportFlags, file: string) {
    const opened = await withHome(this, async (home) =>
      (await home.bundles()).show(file, flags.acceptKey ?? []),
    )
    print(this, flags, { kind: 'bundle', ...outputOf(opened.index), ...signerOf(opened), file }, () => [
      `${bold(safe(file))}  ${showCount(opened.index.models.length, 'model')}  of ${safe(opened.index.log.origin)}`,
      ...contentLines(opened.index),
      ...signerLines(opened),
    ])
  },
  parameters: {
    flags: { ...JSON_FLAG, acceptKey: ACCEPT_KEY },
    positional: { kind: 'tuple', parameters: [FILE] },
  },
  docs: { brief: 'Who signed a bundle, and what it says that it holds; files are not read' },
})

/** `sallyport bundle …`. */
export const bundleCommands = buildRouteMap({
  routes: { export: exportCommand, import: importCommand, show: showBundle },
  docs: { brief: 'Carry approved models over an air gap' },
})

function bytesOf(context: CliContext, verb: string): (doneBytes: number, totalBytes: number) => void {
  const line = progressLine(context.io, verb)
  return (doneBytes, totalBytes) => line({ doneBytes, totalBytes })
}

function outputOf(index: OpenedIndex['index']) {
  return {
    exportedAt: index.exportedAt,
    stage: index.stage,
    origin: index.log.origin,
    models: index.models.map(({ name, digest, files, decision, statements }) => ({
      ...{ name, digest, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) },
      ...{ expiresAt: decision.expiresAt, statements: statements.length },
    })),
  }
}

function signerOf({ signer }: OpenedIndex) {
  return { signerKeyId: signer.keyId, belief: signer.belief }
}

function takenOutput({ model, takenOver, statements }: TakenModel) {
  const { name, digest, verdict, files } = model
  return { name, digest, files: files.length, verdict, statements, takenOver }
}

function contentLines({ models, stage }: OpenedIndex['index']): readonly string[] {
  return table(
    ['MODEL', 'DIGEST', 'FILES', 'STATEMENTS', `ALLOWED FOR ${stage.toUpperCase()} UNTIL`],
    models.map(({ name, digest, files, statements, decision }) => [
      safe(name),
      shortDigest(digest),
      String(files.length),
      String(statements.length),
      safe(decision.expiresAt),
    ]),
  )
}

const BELIEF = {
  settled: 'believed here',
  named: 'named by --accept-key',
  none: 'not believed here: nothing of it may be taken in yet',
} as const

function signerLines({ signer, index }: OpenedIndex): readonly string[] {
  return [
    `  signed by ${signer.keyId}  ${BELIEF[signer.belief]}`,
    ...(signer.belief === 'none'
      ? [
          `  ${dim('→')} compare it with \`sallyport keys list\` of ${safe(index.log.origin)}, over another way`,
        ]
      : []),
  ]
}

function takenLines(opened: OpenedIndex, models: readonly TakenModel[]): readonly string[] {
  return [
    ...signerLines(opened),
    ...models.flatMap(({ model, takenOver, statements }) => [
      `${showVerdict(model.verdict)}  ${bold(safe(model.name))}  ${dim(model.digest)}`,
      `  ${takenOver} of its ${showCount(statements, 'statement')} count here, all are cited`,
    ]),
    dim('  Whether they may be used is decided here: sallyport approve, sallyport promote.'),
  ]
}
