import { VERDICTS, type Verdict } from '../../ground/domain/index.ts'
import { proposeRules } from './commands/rules.ts'
import { JSON_FLAG } from './context.ts'
import { ALL_BUT_CLEAN } from './exit-code.ts'

/** Formats that `--format` prints. */
export const FORMATS = ['terminal', 'json', 'sarif', 'cyclonedx', 'junit'] as const
export type Format = (typeof FORMATS)[number]
/** Formats that `--report` writes. */
export type FileFormat = Exclude<Format, 'terminal'>

/** One report to write. */
export interface ReportTo {
  readonly format: FileFormat
  readonly file: string
}

const MAX_JOBS = 64

/** The flags of `scan`. */
export interface ScanFlags {
  readonly json: boolean
  readonly format: Format
  readonly output?: string
  readonly report?: readonly ReportTo[]
  readonly failOn: ReadonlySet<Verdict>
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly baseline?: string
  readonly writeBaseline?: string
  readonly suppressions?: string
  readonly explain?: string
  readonly filesFrom?: string
  readonly timeout?: number
  readonly jobs?: number
  readonly cache: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

function fileFlag(brief: string) {
  return { kind: 'parsed', parse: String, brief, optional: true, placeholder: 'file' } as const
}

/** What stricli needs to know of them. */
export const SCAN_FLAGS = {
  ...JSON_FLAG,
  format: {
    kind: 'enum',
    values: FORMATS,
    brief: 'What to print, or to write with --output',
    default: 'terminal',
  },
  output: fileFlag('Write the --format report to a file, and the terminal report to the terminal'),
  report: {
    kind: 'parsed',
    parse: parseReport,
    brief: 'Write one more report, as format=file; several from one scan',
    variadic: true,
    optional: true,
    placeholder: 'format=file',
  },
  failOn: {
    kind: 'parsed',
    parse: parseFailOn,
    brief: 'Verdicts that give an exit code other than 0, with commas; or none',
    default: 'malicious,undecided,suspicious',
    placeholder: 'verdicts',
  },
  include: globFlag('Look only at files that match'),
  exclude: globFlag('Leave files out; they are counted and shown'),
  baseline: fileFlag('Count only findings that are not in this file'),
  writeBaseline: fileFlag('Write what was found as a baseline'),
  suppressions: fileFlag(
    'Exceptions with owner, reason and end date; .sallyport-ignore.yaml when it lies here',
  ),
  explain: {
    kind: 'parsed',
    parse: String,
    brief: 'Explain a rule instead of scanning',
    optional: true,
    placeholder: 'rule',
    proposeCompletions: proposeRules,
  },
  filesFrom: fileFlag('Read paths to scan from a file, one a line or ended by NUL; - is standard input'),
  timeout: {
    kind: 'parsed',
    parse: parseDuration,
    brief: 'Time for one file, such as 30s or 2m; a file that takes longer is undecided (60s)',
    optional: true,
    placeholder: 'time',
  },
  jobs: {
    kind: 'parsed',
    parse: parseJobs,
    brief: 'Files looked at side by side (2)',
    optional: true,
    placeholder: 'count',
  },
  cache: {
    kind: 'boolean',
    brief: 'Keep answers about large files that stand still (on; --no-cache looks at every file anew)',
    default: true,
  },
  quiet: {
    kind: 'boolean',
    brief: 'Print the verdict and one line for each file that is not clean',
    default: false,
    withNegated: false,
  },
  verbose: {
    kind: 'boolean',
    brief: 'Print every case with its opcodes and fingerprint, and every clean file',
    default: false,
    withNegated: false,
  },
} as const

function globFlag(brief: string) {
  return {
    kind: 'parsed',
    parse: String,
    brief,
    variadic: true,
    optional: true,
    placeholder: 'glob',
  } as const
}

function parseReport(text: string): ReportTo {
  const at = text.indexOf('=')
  const format = FORMATS.find((one) => one === text.slice(0, at))
  const file = text.slice(at + 1)
  if (at < 0 || format === undefined || format === 'terminal' || file === '')
    throw new Error(`"${text}" is not format=file with a format of json, sarif, cyclonedx, junit`)
  return { format, file }
}

function parseFailOn(text: string): ReadonlySet<Verdict> {
  if (text === 'none') return new Set()
  return new Set(
    text.split(',').map((word) => {
      const verdict = VERDICTS.find((one) => one === word.trim())
      if (verdict === undefined || !ALL_BUT_CLEAN.has(verdict))
        throw new Error(`"${word}" is none of malicious, undecided, suspicious, none`)
      return verdict
    }),
  )
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, '': 1000 }

function parseDuration(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,7})(ms|s|m)?$/.exec(text) ?? []
  const ms = Number(digits) * (UNITS_MS[unit] ?? Number.NaN)
  if (!(ms > 0 && ms < 2 ** 31)) throw new Error(`"${text}" is not a time such as 30s, 2m or 500ms`)
  return ms
}

function parseJobs(text: string): number {
  const jobs = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (jobs < 1 || jobs > MAX_JOBS) throw new Error(`"${text}" is not a number from 1 to ${MAX_JOBS}`)
  return jobs
}
