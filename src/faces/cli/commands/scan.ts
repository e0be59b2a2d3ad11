import { buildCommand } from '@stricli/core'
import { VERDICTS, type Verdict } from '../../../ground/domain/index.ts'
import { SallyportError } from '../../../ground/lang/index.ts'
import type { ScanReport } from '../../../services/scan/index.ts'
import { type CliContext, print } from '../context.ts'
import { EXIT_OF_VERDICT } from '../exit-code.ts'
import { dim } from '../format-text.ts'
import { progressLine } from '../progress-line.ts'
import { SCAN_FLAGS, type ScanFlags } from '../scan-flags.ts'
import { acceptedOf, pathsOf, rememberBaseline } from '../scan-inputs.ts'
import { rulePageLines } from '../show-rule.ts'
import { scanLines } from '../show-scan.ts'
import { pageOfRule } from './rules.ts'

export const scanCommand = buildCommand({
  async func(this: CliContext, flags: ScanFlags, ...named: readonly string[]) {
    const { explain } = flags
    if (explain !== undefined) {
      const { rule, fires, silent } = await pageOfRule(this, explain)
      print(this, flags, { kind: 'rule', rule, fires, silent }, () =>
        rulePageLines({ rule, fires, silent }, this.io.width),
      )
      return
    }
    const report = await runScan(this, flags, named)
    for (const { format, file } of reportsOf(flags))
      await this.house.writeFile(file, await this.house.formatReport(report, format, flags.failOn))
    await printReport(this, flags, report)
    this.process.exitCode = exitOf(report, flags.failOn)
  },
  parameters: {
    flags: SCAN_FLAGS,
    positional: {
      kind: 'array',
      parameter: { parse: String, brief: 'Model files and folders', placeholder: 'path' },
    },
  },
  docs: {
    brief: 'Look for what loading a model would do, without loading it',
    fullDescription: [
      'Reads model files without executing them, the insides of archives too.',
      'Exit code: 0 clean, 1 malicious, 2 undecided, 3 usage, 4 suspicious; of several files the worst.',
      'Globs: * and ? inside one part of a name, ** for any parts, [a-z], {a,b}; without a / they match in every folder.',
    ].join('\n'),
    customUsage: [
      { input: 'model.pt', brief: 'one file' },
      { input: 'models/ --json', brief: 'a folder, for a program' },
      {
        input: 'models/ --report sarif=scan.sarif --report junit=scan.xml',
        brief: 'two reports from one scan',
      },
      {
        input: '. --exclude "*.md" --fail-on malicious',
        brief: 'in a pipeline that looks at suspicious files later',
      },
      { input: 'models/ --write-baseline known.json', brief: 'accept what is there, count what is new' },
      { input: '--explain pickle/active-import', brief: 'what a rule means' },
    ],
  },
})

async function runScan(context: CliContext, flags: ScanFlags, named: readonly string[]): Promise<ScanReport> {
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
    ...(flags.quiet ? {} : { onProgress: progressLine(io, 'Scanning') }),
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

async function printReport(context: CliContext, flags: ScanFlags, report: ScanReport): Promise<void> {
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
  const seen = new Set([report.verdict, ...report.files.map(({ verdict }) => verdict)])
  const worst = VERDICTS.find((verdict) => failOn.has(verdict) && seen.has(verdict))
  return worst === undefined ? 0 : EXIT_OF_VERDICT[worst]
}
