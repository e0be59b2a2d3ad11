import { VERDICTS, type Verdict } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { ScanReport } from '../../services/scan/index.ts'
import { type CliContext, print } from './context.ts'
import { EXIT_OF_VERDICT } from './exit-code.ts'
import { dim } from './format-text.ts'
import { progressLine } from './progress-line.ts'
import type { ScanFlags } from './scan-flags.ts'
import { acceptedOf, pathsOf, rememberBaseline } from './scan-inputs.ts'
import { scanLines } from './show-scan.ts'

/** A context as far as a scan needs one. */
type ScanContext = Pick<CliContext, 'house' | 'io'>

/** Scans, writes and prints what was asked for, and gives the exit code. */
export async function scanAndPrint(
  context: ScanContext,
  flags: ScanFlags,
  named: readonly string[],
): Promise<number> {
  const report = await runScan(context, flags, named)
  for (const { format, file } of reportsOf(flags))
    await context.house.writeFile(file, await context.house.formatReport(report, format, flags.failOn))
  await printReport(context, flags, report)
  return exitOf(report, flags.failOn)
}

async function runScan(
  context: ScanContext,
  flags: ScanFlags,
  named: readonly string[],
): Promise<ScanReport> {
  const { house, io } = context
  if (flags.quiet && flags.verbose)
    throw new SallyportError('BAD_INPUT', '--quiet and --verbose exclude each other')
  const paths = await pathsOf(house, flags, named)
  const settings = {
    ...(flags.include === undefined ? {} : { include: flags.include }),
    ...(flags.exclude === undefined ? {} : { exclude: flags.exclude }),
    ...(flags.timeout === undefined ? {} : { timeoutMs: flags.timeout }),
    ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }),
    keepAnswers: flags.cache,
    withHashes:
      flags.format === 'cyclonedx' || (flags.report ?? []).some(({ format }) => format === 'cyclonedx'),
    // Progress counts bytes, and sizes cost a look at each file: nobody sees it where there is no terminal.
    ...(flags.quiet || !io.isTerminal ? {} : { onProgress: progressLine(io, 'Scanning') }),
  }
  const report = await house.scan(paths, { ...settings, ...(await acceptedOf(context, flags, paths)) })
  return rememberBaseline(context, flags, report)
}

/** The reports that go to files. */
function reportsOf({ json, format, output, report = [] }: ScanFlags): NonNullable<ScanFlags['report']> {
  if (output === undefined) return report
  const main = json ? 'json' : format
  if (main === 'terminal')
    throw new SallyportError('BAD_INPUT', '--output wants a --format of json, sarif, cyclonedx or junit')
  return [...report, { format: main, file: output }]
}

async function printReport(context: ScanContext, flags: ScanFlags, report: ScanReport): Promise<void> {
  const { house, io } = context
  const format = flags.json ? 'json' : flags.format
  const isFiled = flags.output !== undefined
  if (!isFiled && format !== 'terminal' && format !== 'json') {
    io.out((await house.formatReport(report, format, flags.failOn)).trimEnd())
    return
  }
  const why = new Map(
    report.verdict === 'clean' || flags.quiet
      ? []
      : (await house.rules()).map((rule) => [rule.id, rule.why] as const),
  )
  const mode = flags.quiet ? 'quiet' : flags.verbose ? 'verbose' : 'normal'
  print(context, { json: !isFiled && format === 'json' }, { ...report }, () => [
    ...scanLines(report, { width: io.width, mode, why }),
    ...(flags.quiet ? [] : reportsOf(flags).map((to) => dim(`${to.format} report written to ${to.file}`))),
  ])
}

/** The exit code of the worst verdict that fails the scan. */
function exitOf(report: ScanReport, failOn: ReadonlySet<Verdict>): number {
  const seen = new Set([report.verdict])
  for (const { verdict } of report.files) seen.add(verdict)
  const worst = VERDICTS.find((verdict) => failOn.has(verdict) && seen.has(verdict))
  return worst === undefined ? 0 : EXIT_OF_VERDICT[worst]
}
