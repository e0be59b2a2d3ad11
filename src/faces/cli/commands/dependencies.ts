import { buildCommand } from '@stricli/core'
import { type Digest, type Verdict, worstVerdict } from '../../../ground/domain/index.ts'
import type { CheckOutcome } from '../../../services/dependencies/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { EXIT_OF_VERDICT } from '../exit-code.ts'
import { dim } from '../format-text.ts'
import { resolveSubject, SUBJECT_FLAG } from '../resolve-subject.ts'
import { dependencyLines } from '../show-dependencies.ts'
import { withHome } from '../with-home.ts'

const FAIL_ON = ['low', 'medium', 'high', 'critical', 'kev'] as const
type FailOn = (typeof FAIL_ON)[number]

interface DepsFlags extends CommonFlags {
  readonly vex?: readonly string[]
  readonly known?: readonly string[]
  readonly subject?: string
  readonly failOn: FailOn
  readonly vulndb: boolean
  readonly format: 'terminal' | 'json' | 'cyclonedx' | 'sarif'
}

export const depsCommand = buildCommand({
  async func(this: CliContext, flags: DepsFlags, path: string) {
    const door = await this.house.dependencies()
    const vex: { file: string; bytes: Uint8Array }[] = []
    for (const file of flags.vex ?? []) vex.push({ file, bytes: await this.house.readFile(file) })
    const look = (subject?: Digest) =>
      door.check({
        path,
        vex,
        withoutDatabase: !flags.vulndb,
        meant: flags.known ?? [],
        ...(subject === undefined ? {} : { subject }),
      })
    const { subject } = flags
    const { outcome, statement } =
      subject === undefined
        ? { outcome: await look(), statement: undefined }
        : await withHome(this, async (home) => {
            const digest = await resolveSubject(home, subject)
            const seen = await look(digest)
            return { outcome: seen, statement: await (await home.evidence()).recordVulns(digest, seen) }
          })
    await show(this, flags, { outcome, ...(statement === undefined ? {} : { statement }) })
    this.process.exitCode = EXIT_OF_VERDICT[verdictFrom(outcome, flags.failOn)]
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      vex: {
        kind: 'parsed',
        parse: String,
        brief: 'An OpenVEX document that you believe; what it puts aside is still shown',
        variadic: true,
        optional: true,
        placeholder: 'file',
      },
      subject: {
        ...SUBJECT_FLAG,
        brief: 'Seal the result as evidence about this model or digest',
        optional: true,
      },
      known: {
        kind: 'parsed',
        parse: String,
        brief: 'A name that resembles another, and is the one that is meant',
        variadic: true,
        optional: true,
        placeholder: 'name',
      },
      failOn: {
        kind: 'enum',
        values: FAIL_ON,
        brief: 'From which rating on a vulnerability counts; kev: only those that are exploited',
        default: 'low',
      },
      vulndb: { kind: 'boolean', brief: 'Look packages up in the database of advisories', default: true },
      format: {
        kind: 'enum',
        values: ['terminal', 'json', 'cyclonedx', 'sarif'],
        brief: 'What to print',
        default: 'terminal',
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [
        { parse: String, brief: 'A folder, a lock file or a bill of materials', placeholder: 'path' },
      ],
    },
  },
  docs: {
    brief: 'Look at packages: known vulnerabilities, and how they are asked for',
    fullDescription: [
      'Reads requirements, lock files of Python, conda and npm, installed packages, dpkg and apk, CycloneDX and SPDX. Nothing is installed or run.',
      'Exit code: 0 clean, 1 malicious, 2 undecided (what could not be looked up is not clean), 3 usage, 4 suspicious.',
    ].join('\n'),
    customUsage: [
      { input: '.', brief: 'every list in a folder' },
      { input: 'requirements.txt --fail-on high --vex ours.openvex.json', brief: 'in a pipeline' },
      { input: 'requirements.txt --subject sentiment', brief: 'evidence about a model' },
    ],
  },
})

async function show(
  context: CliContext,
  flags: DepsFlags,
  { outcome, statement }: { readonly outcome: CheckOutcome; readonly statement?: Digest },
): Promise<void> {
  if (flags.format === 'cyclonedx' && !flags.json) {
    const emitted = (await context.house.dependencies()).emit(outcome)
    context.io.out(
      JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.7', version: 1, ...emitted }, undefined, 2),
    )
    return
  }
  if (flags.format === 'sarif' && !flags.json) {
    context.io.out((await context.house.formatReport(scanReportOf(outcome), 'sarif', new Set())).trimEnd())
    return
  }
  const { assessment, components, lists, open, suppressed, unchecked, database } = outcome
  const body = {
    verdict: verdictFrom(outcome, flags.failOn),
    failOn: flags.failOn,
    ...{ lists, assessment, vulnerabilities: open, suppressed },
    unchecked: unchecked.map(({ component, reason }) => ({ purl: component.purl, reason })),
    components,
    ...(database === undefined ? {} : { database }),
    ...(statement === undefined ? {} : { statement }),
  }
  const asked = { ...flags, json: flags.json || flags.format === 'json' }
  print(context, asked, { kind: 'dependencies', ...body }, () => [
    ...dependencyLines(outcome, new Date()),
    ...(statement === undefined ? [] : [`${dim('sealed as')} ${statement}`]),
  ])
}

/** What a report on models says of packages: the same findings, with lists in place of model files. */
function scanReportOf({ assessment }: CheckOutcome): Parameters<CliContext['house']['formatReport']>[0] {
  const { files, verdict } = assessment
  const verdicts = { clean: 0, suspicious: 0, malicious: 0, undecided: 0 }
  for (const file of files) verdicts[file.verdict]++
  const findings = files.reduce((sum, file) => sum + file.findings.length, 0)
  return {
    schemaVersion: 1,
    kind: 'scan',
    path: '.',
    paths: ['.'],
    base: '',
    ...{ verdict, files, excluded: [] },
    assessor: assessment.assessor,
    startedAt: assessment.startedAt,
    finishedAt: assessment.finishedAt,
    summary: { files: files.length, findings, ...verdicts },
  } as unknown as Parameters<CliContext['house']['formatReport']>[0]
}

/** The verdict by which a pipeline goes on: vulnerabilities beneath the threshold are shown and do not count. */
function verdictFrom({ assessment, open }: CheckOutcome, failOn: FailOn): Verdict {
  if (failOn === 'low') return assessment.verdict
  const counting = open.some((one) => one.isMalicious || isOver(one, failOn))
  const verdicts = assessment.files.flatMap((file): readonly Verdict[] => {
    const kept = file.findings.filter(({ ruleId }) => ruleId !== 'dependency/vulnerable')
    const covered = file.coverage.every(({ status }) => status === 'full')
    return [...kept.map(({ verdict }) => verdict), covered ? 'clean' : 'undecided']
  })
  return worstVerdict([...verdicts, ...(counting ? (['suspicious'] as const) : [])])
}

/** What nobody rated reaches every threshold but `kev`. */
function isOver(one: CheckOutcome['open'][number], failOn: FailOn): boolean {
  if (one.kev === true || failOn === 'low') return true
  if (failOn === 'kev') return false
  const worst = ['critical', 'high', 'medium']
  return one.rating === 'unknown' || worst.slice(0, worst.indexOf(failOn) + 1).includes(one.rating)
}
