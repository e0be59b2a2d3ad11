import { buildCommand, buildRouteMap } from '@stricli/core'
import { SallyportError } from '../../../ground/lang/index.ts'
import { parseBudget, readTime, type TrainEvent } from '../../../services/training/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import type { TrainOrder } from '../doors/training.ts'
import { EXIT_COULD_NOT_CHECK } from '../exit-code.ts'
import { safe, shortDigest } from '../format-text.ts'
import { type ImportedProduct, importProducts } from '../import-products.ts'
import { progressLine } from '../progress-line.ts'
import { comparisonLines, exitOfComparison, runLines, runTable, showMs } from '../show-run.ts'

const RUN = { parse: String, brief: 'Id of a run, or its first or last digits', placeholder: 'run' } as const

interface TrainFlags extends CommonFlags {
  readonly budget?: string
  readonly 'warn-at': string
  readonly dataset?: readonly string[]
  readonly 'base-model'?: string
  readonly name?: string
  readonly output?: readonly string[]
  readonly metrics?: string
  readonly seed?: string
  readonly grace: string
  readonly 'wait-all': boolean
  readonly record?: readonly string[]
  readonly 'import-products': boolean
}

/** A share such as `80%` or `0.8`. */
function parseShare(text: string): number {
  const [, number, percent] = /^([0-9]{1,3}(?:\.[0-9]{1,3})?)(%?)$/.exec(text) ?? []
  return number === undefined ? Number.NaN : Number(number) / (percent === '%' ? 100 : 1)
}

function requestOf(context: CliContext, flags: TrainFlags, command: readonly string[]): TrainOrder {
  const warnAt = parseShare(flags['warn-at'])
  const budget =
    flags.budget === undefined ? { ok: true as const, value: { warnAt } } : parseBudget(flags.budget, warnAt)
  if (!budget.ok) throw new SallyportError('BAD_INPUT', budget.error)
  const graceMs = readTime(flags.grace)
  if (graceMs === undefined)
    throw new SallyportError('BAD_INPUT', `--grace "${flags.grace}" is no time such as 30s or 5m`)
  const { name, metrics, seed } = flags
  const baseModel = flags['base-model']
  return {
    command,
    recordVariables: flags.record ?? [],
    budget: budget.value,
    graceMs,
    waitForAll: flags['wait-all'],
    datasets: flags.dataset ?? [],
    outputs: flags.output ?? [],
    outputToError: flags.json,
    ...(name === undefined ? {} : { name }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(seed === undefined ? {} : { seed }),
    ...(baseModel === undefined ? {} : { baseModel }),
    onProgress: progressLine(context.io, 'Hashing'),
  }
}

/** Says on standard error what happens to the run; standard output is the command's. */
function teller({ io }: CliContext): (event: TrainEvent) => void {
  const say = (text: string) => io.err(`sallyport: ${safe(text)}`)
  return (event) => {
    if (event.kind === 'begun') io.clearProgress()
    else if (event.kind === 'warned')
      say(`${Math.round(event.state.share * 100)} % of the ${event.state.limit} budget is used`)
    else if (event.kind === 'stopping') {
      const { why, graceMs } = event
      const reason =
        why.kind === 'budget' ? `the hard limit of ${why.limit} is reached` : `${why.signal} came`
      say(`${reason}: the run is asked to end, and ended by force after ${showMs(graceMs)}`)
    } else if (event.kind === 'killed') say(`ended by force: ${event.processes.join(', ')}`)
    else if (event.kind === 'left-behind')
      say(
        `the command has ended and left ${event.processes.join(', ')}: asked to end, by force after ${showMs(event.graceMs)} (--wait-all waits)`,
      )
  }
}

function importedLines(imported: readonly ImportedProduct[]): readonly string[] {
  return imported.map(({ name, digest }) => `  in quarantine as ${safe(name)}  ${shortDigest(digest)}`)
}

const runCommand = buildCommand({
  async func(this: CliContext, flags: TrainFlags, ...command: string[]) {
    const door = await this.house.training()
    const { record, digest, exitCode } = await door.train(requestOf(this, flags, command), teller(this))
    this.io.clearProgress()
    const wanted = flags['import-products'] && record.outcome === 'finished'
    const imported = wanted ? await importProducts(this, record) : undefined
    const known = {
      ...{ id: record.run, digest, isRunning: false, run: record, exitCode },
      ...(imported === undefined ? {} : { imported }),
    }
    if (flags.json) print(this, flags, { kind: 'training-run', ...known }, () => [])
    // Standard output is the command's own: whoever pipes it gets nothing of ours.
    else for (const line of [...runLines(record), ...importedLines(imported ?? [])]) this.io.err(line)
    this.process.commandExitCode = exitCode
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      budget: {
        kind: 'parsed',
        parse: String,
        brief: 'Hard limits: gpu-hours=4,cpu-hours=8,wall=2h,memory=16GiB',
        optional: true,
      },
      'warn-at': {
        kind: 'parsed',
        parse: String,
        brief: 'Share of a limit at which to warn',
        default: '80%',
      },
      dataset: {
        kind: 'parsed',
        parse: String,
        brief: 'A folder, file or digest that the run reads; may be given again',
        variadic: true,
        optional: true,
      },
      'base-model': {
        kind: 'parsed',
        parse: String,
        brief: 'The model it begins from: a path, a digest, or the name of an imported model',
        optional: true,
      },
      name: { kind: 'parsed', parse: String, brief: 'Runs of one name are one history', optional: true },
      output: {
        kind: 'parsed',
        parse: String,
        brief: 'A folder or file that the run writes; may be given again',
        variadic: true,
        optional: true,
      },
      metrics: {
        kind: 'parsed',
        parse: String,
        brief: 'A JSON file of metrics that it writes',
        optional: true,
      },
      seed: { kind: 'parsed', parse: String, brief: 'The seed, for the record', optional: true },
      grace: {
        kind: 'parsed',
        parse: String,
        brief: 'Time between the request to end and the end',
        default: '30s',
      },
      'wait-all': {
        kind: 'boolean',
        brief: 'Wait for everything that the command started, instead of stopping it',
        default: false,
        withNegated: false,
      },
      record: {
        kind: 'parsed',
        parse: String,
        brief: 'A further variable of the environment for the record; may be given again',
        variadic: true,
        optional: true,
      },
      'import-products': {
        kind: 'boolean',
        brief: 'Take what a finished run has made into quarantine, under its name',
        default: false,
        withNegated: false,
      },
    },
    positional: {
      kind: 'array',
      parameter: { parse: String, brief: 'What to run, behind --', placeholder: 'command' },
    },
  },
  docs: {
    brief: 'Run a command under a budget, and seal what went in, what came out and what it used',
    fullDescription:
      'Exit code: that of the command; 124 when a budget stopped it, 128 and the number of the signal when a signal did, 1 when policy does not let it begin, 2 when that could not be checked, 3 for a command line that was not understood. What the command writes stays, however it ends.',
    customUsage: [
      {
        input: '--budget wall=2h,cpu-hours=8 --dataset data/ --output model/ -- python3 train.py',
        brief: 'a run with its inputs and outputs on record',
      },
      { input: '--name nightly --metrics metrics.json -- ./train.sh', brief: 'one of a series of runs' },
    ],
  },
})

const listCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags) {
    const { runs, problems } = await (await this.house.training()).list()
    print(this, flags, { kind: 'training-runs', runs, problems }, () => [
      ...(runs.length === 0 ? ['no runs yet; sallyport train --help shows how'] : runTable(runs)),
      ...problems.map(({ id, message }) => `? ${id}: ${safe(message)}`),
    ])
    if (problems.length > 0 || runs.some(({ state }) => state === 'unreadable'))
      this.process.exitCode = EXIT_COULD_NOT_CHECK
  },
  parameters: { flags: { ...JSON_FLAG } },
  docs: {
    brief: 'All training runs of this home; seals those whose wrapper was killed',
    customUsage: [{ input: '', brief: 'newest first' }],
  },
})

const showCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags, text: string) {
    const { id, digest, record, isRunning } = await (await this.house.training()).show(text)
    print(this, flags, { kind: 'training-run', id, digest, isRunning, run: record ?? null }, () =>
      record === undefined
        ? [`run ${id} is running; its record comes when it ends`]
        : runLines(record, { isLong: true }),
    )
  },
  parameters: { flags: { ...JSON_FLAG }, positional: { kind: 'tuple', parameters: [RUN] } },
  docs: {
    brief: 'One run: inputs, outputs, resources, findings; its record is verified anew',
    customUsage: [{ input: '019f3c', brief: 'by the first digits of its id' }],
  },
})

interface VerifyFlags extends CommonFlags {
  readonly against?: string
  readonly rerun: boolean
}

const verifyCommand = buildCommand({
  async func(this: CliContext, flags: VerifyFlags, text: string) {
    const { against, rerun } = flags
    if (against !== undefined && rerun)
      throw new SallyportError(
        'BAD_INPUT',
        '--against and --rerun do not go together: the one is another run, the other makes one',
      )
    const verification = await (await this.house.training()).verify(text, {
      rerun,
      outputToError: true,
      onEvent: teller(this),
      ...(against === undefined ? {} : { against }),
    })
    print(this, flags, { kind: 'training-verification', ...verification }, () =>
      comparisonLines(verification),
    )
    this.process.exitCode = exitOfComparison(verification.comparison)
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      against: { kind: 'parsed', parse: String, brief: 'Another run to compare with', optional: true },
      rerun: {
        kind: 'boolean',
        brief: 'Run it again, in its folder; what it wrote is moved aside',
        default: false,
        withNegated: false,
      },
    },
    positional: { kind: 'tuple', parameters: [RUN] },
  },
  docs: {
    brief:
      'Which inputs of a run differ now, or in another run, and whether its products are the same bit for bit',
    fullDescription:
      'Exit code: 0 nothing differs, 4 inputs differ and products are the same, 1 products differ, 2 could not check.',
    customUsage: [
      { input: '019f3c', brief: 'against what is there now' },
      { input: '019f3c --against 019f40', brief: 'against another run' },
      { input: '019f3c --rerun', brief: 'by running it again' },
    ],
  },
})

export const trainCommands = buildRouteMap({
  routes: { run: runCommand, list: listCommand, show: showCommand, verify: verifyCommand },
  defaultCommand: 'run',
  docs: {
    brief: 'Training runs: watched, held to a budget, recorded',
    fullDescription:
      'sallyport train [flags] -- COMMAND runs a command; list, show and verify read the records.',
  },
})
