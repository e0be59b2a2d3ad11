import {
  type Application,
  buildApplication,
  buildRouteMap,
  proposeCompletions,
  run,
  text_en,
} from '@stricli/core'
import {
  approveCommand,
  promoteCommand,
  rejectCommand,
  revokeCommand,
  verifyCommand,
  waiveCommand,
} from './commands/gate.ts'
import { doctorCommand, keysCommands, peopleCommands, policyCommands, upCommand } from './commands/house.ts'
import { logCommands, rebuildCommand } from './commands/log.ts'
import {
  assessCommand,
  explainCommand,
  importCommand,
  modelsCommand,
  showCommand,
} from './commands/models.ts'
import { rulesCommands } from './commands/rules.ts'
import { scanCommand } from './commands/scan.ts'
import { completionCommand } from './completion.ts'
import type { CliContext, Io } from './context.ts'
import { EXIT_USAGE, exitOfError } from './exit-code.ts'
import { failureOutput, failureText, usageOutput, wantsJson } from './failure.ts'
import type { House } from './house.ts'

const ROUTES = {
  up: upCommand,
  scan: scanCommand,
  rules: rulesCommands,
  import: importCommand,
  assess: assessCommand,
  models: modelsCommand,
  show: showCommand,
  approve: approveCommand,
  reject: rejectCommand,
  waive: waiveCommand,
  promote: promoteCommand,
  revoke: revokeCommand,
  verify: verifyCommand,
  explain: explainCommand,
  log: logCommands,
  rebuild: rebuildCommand,
  keys: keysCommands,
  people: peopleCommands,
  policy: policyCommands,
  doctor: doctorCommand,
  completion: completionCommand,
}

/** Every verb; of a scan only its own, for it shall start at once. */
function routesFor(verb: string | undefined) {
  const routes = verb === 'scan' ? { scan: ROUTES.scan } : ROUTES
  return buildRouteMap<string, CliContext>({
    routes,
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
    scanner: { caseStyle: 'allow-kebab-for-camel' },
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

/** What a process lends a command line: its streams, and the exit code that it sets. */
export interface CliProcess {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number }
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Runs one command line and gives its exit code (DECISIONS.md). Never throws. */
export async function runCli(house: House, process: CliProcess, args: readonly string[]): Promise<number> {
  const isJson = wantsJson(args)
  const failed: { error?: unknown; text: string } = { text: '' }
  const app = buildApp(house, args[0], (error) => {
    failed.error = error
  })
  const state: { exitCode?: number | string | null } = {}
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
  const code = raw < 0 || raw > 128 ? EXIT_USAGE : raw
  if (isJson && (failed.error !== undefined || failed.text !== '')) {
    const output = failed.error === undefined ? usageOutput(failed.text, args) : failureOutput(failed.error)
    context.io.out(JSON.stringify(output, undefined, 2))
  }
  return code
}

/** Columns of results where no terminal says how many, and the fewest that can be read. */
const DEFAULT_WIDTH = 100
const MIN_WIDTH = 40

function ioOf(process: CliProcess): Io {
  const { stdout, stderr } = process
  let drawn = false
  const clearProgress = () => {
    if (drawn) stderr.write('\r\u001b[2K')
    drawn = false
  }
  return {
    out: (line) => {
      clearProgress()
      stdout.write(`${line}\n`)
    },
    err: (line) => {
      clearProgress()
      stderr.write(`${line}\n`)
    },
    progress: (line) => {
      if (stderr.isTTY !== true) return
      stderr.write(`\r\u001b[2K${line}`)
      drawn = true
    },
    clearProgress,
    columns: stderr.columns ?? 80,
    width: Math.max(MIN_WIDTH, stdout.columns ?? DEFAULT_WIDTH),
  }
}
