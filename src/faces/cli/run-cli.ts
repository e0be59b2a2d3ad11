import {
  type Application,
  buildApplication,
  buildRouteMap,
  proposeCompletions,
  run,
  text_en,
} from '@stricli/core'
import { attestCommands } from './commands/attest.ts'
import { bomCommand, cardCommand } from './commands/bom.ts'
import { bundleCommands } from './commands/bundle.ts'
import { convertCommand } from './commands/convert.ts'
import { depsCommand } from './commands/dependencies.ts'
import { diffCommand } from './commands/diff.ts'
import {
  approveCommand,
  promoteCommand,
  rejectCommand,
  revokeCommand,
  waiveCommand,
} from './commands/gate.ts'
import { guardLoadCommand } from './commands/guard-load.ts'
import { doctorCommand, peopleCommands, policyCommands, upCommand } from './commands/house.ts'
import { cachesCommand, hubCommands } from './commands/hub.ts'
import { keysCommands } from './commands/keys.ts'
import { deriveCommand, lineageCommand } from './commands/lineage.ts'
import { logCommands, rebuildCommand } from './commands/log.ts'
import {
  assessCommand,
  explainCommand,
  importCommand,
  modelsCommand,
  showCommand,
} from './commands/models.ts'
import { reviewCommands } from './commands/review.ts'
import { rulesCommands } from './commands/rules.ts'
import { scanCommand } from './commands/scan.ts'
import { signCommand } from './commands/sign.ts'
import { subjectCommands } from './commands/subjects.ts'
import { trainCommands } from './commands/training.ts'
import { trustCommands } from './commands/trust.ts'
import { verifyCommand } from './commands/verify.ts'
import { evidenceCommands, vulndbCommands } from './commands/vulndb.ts'
import { completionCommand } from './completion.ts'
import type { CliContext } from './context.ts'
import { EXIT_USAGE, exitOfError } from './exit-code.ts'
import { failureOutput, failureText, usageOutput, wantsJson } from './failure.ts'
import type { House } from './house.ts'
import { type CliProcess, ioOf } from './io.ts'

/** Each behind a call: in the published package a module is loaded when one of its names is first used (ADR 0012). */
const ROUTES = {
  up: () => upCommand,
  scan: () => scanCommand,
  rules: () => rulesCommands,
  import: () => importCommand,
  assess: () => assessCommand,
  models: () => modelsCommand,
  show: () => showCommand,
  approve: () => approveCommand,
  reject: () => rejectCommand,
  waive: () => waiveCommand,
  promote: () => promoteCommand,
  revoke: () => revokeCommand,
  sign: () => signCommand,
  verify: () => verifyCommand,
  explain: () => explainCommand,
  bom: () => bomCommand,
  card: () => cardCommand,
  diff: () => diffCommand,
  convert: () => convertCommand,
  bundle: () => bundleCommands,
  lineage: () => lineageCommand,
  'guard-load': () => guardLoadCommand,
  review: () => reviewCommands,
  hub: () => hubCommands,
  caches: () => cachesCommand,
  derive: () => deriveCommand,
  subject: () => subjectCommands,
  log: () => logCommands,
  rebuild: () => rebuildCommand,
  keys: () => keysCommands,
  people: () => peopleCommands,
  policy: () => policyCommands,
  doctor: () => doctorCommand,
  attest: () => attestCommands,
  deps: () => depsCommand,
  vulndb: () => vulndbCommands,
  evidence: () => evidenceCommands,
  trust: () => trustCommands,
  train: () => trainCommands,
  completion: () => completionCommand,
}

function isVerb(text: string | undefined): text is keyof typeof ROUTES {
  return text !== undefined && Object.hasOwn(ROUTES, text)
}

/** The verb of this command line alone, for it shall start at once; every one where it is to be looked for. */
function routesFor(verb: string | undefined) {
  const verbs = isVerb(verb) ? [verb] : (Object.keys(ROUTES) as (keyof typeof ROUTES)[])
  return buildRouteMap<string, CliContext>({
    routes: Object.fromEntries(verbs.map((one) => [one, ROUTES[one]()])),
    docs: {
      brief: 'The model that gets deployed is the model that was approved, and it keeps behaving like it.',
      fullDescription:
        'Sallyport: security for the whole life of a machine-learning model.\nExit codes: 0 clean/allow · 1 malicious/deny · 2 undecided/could not check · 3 usage · 4 suspicious/review',
    },
  })
}

/** @param onFailure what a command that fails says, beside what a person reads */
function buildApp(
  house: House,
  verb: string | undefined,
  onFailure: (error: unknown) => void,
): Application<CliContext> {
  const say = (error: unknown): string => {
    onFailure(error)
    return failureText(error)
  }
  return buildApplication(routesFor(verb), {
    name: 'sallyport',
    versionInfo: { currentVersion: house.version },
    // Behind `--` stands the command of somebody else, whose flags are not ours.
    scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
    determineExitCode: exitOfError,
    localization: {
      loadText: () => ({
        ...text_en,
        exceptionWhileRunningCommand: say,
        commandErrorResult: say,
      }),
    },
  })
}

/** Runs one command line and gives its exit code (DECISIONS.md). Never throws. */
export async function runCli(house: House, process: CliProcess, args: readonly string[]): Promise<number> {
  const isJson = wantsJson(args)
  const failed: { error?: unknown; text: string } = { text: '' }
  const app = buildApp(house, args[0], (error) => {
    failed.error = error
  })
  const state: { exitCode?: number | string | null; commandExitCode?: number } = {}
  // What the parser says to a person would spoil the one object that a program reads.
  const stderr = isJson
    ? { ...process.stderr, write: (text: string) => (failed.text += text) }
    : process.stderr
  const context: CliContext = {
    house,
    io: ioOf(process),
    process: Object.assign(state, { stdout: process.stdout, stderr, env: process.env }),
  }
  if (args[0] === '__complete') {
    for (const { completion } of await proposeCompletions(app, args.slice(1), {
      forCommand: () => context,
      process: context.process,
    }))
      context.io.out(completion)
    return 0
  }
  await run(app, [...args], context)
  context.io.clearProgress()
  const raw = Number(state.exitCode ?? 0)
  // The parser's own codes are negative: all of them mean that the command line was not understood.
  const code = state.commandExitCode ?? (raw < 0 || raw > 128 ? EXIT_USAGE : raw)
  if (isJson && (failed.error !== undefined || failed.text !== '')) {
    const output = failed.error === undefined ? usageOutput(failed.text, args) : failureOutput(failed.error)
    context.io.out(JSON.stringify(output, undefined, 2))
  }
  return code
}
