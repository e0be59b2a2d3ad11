import { relative, resolve, sep } from 'node:path'
import { SallyportError, utf8Text } from '../../ground/lang/index.ts'
import { baselineOf, type ScanReport } from '../../services/scan/index.ts'
import type { CliContext } from './context.ts'
import type { House, ScanSettings } from './house.ts'
import type { ScanFlags } from './scan-flags.ts'

/** Read where the scan runs, when nobody names another file. */
const SUPPRESSIONS = '.sallyport-ignore.yaml'

/**
 * All paths to scan: those named, and those of `--files-from`.
 * @throws SallyportError `BAD_INPUT` when there is none
 */
export async function pathsOf(
  house: House,
  { filesFrom }: ScanFlags,
  named: readonly string[],
): Promise<readonly string[]> {
  const listed = filesFrom === undefined ? [] : await readList(house, filesFrom)
  if (named.length + listed.length > 0) return [...named, ...listed]
  const empty =
    filesFrom === undefined ? '' : ` (${filesFrom === '-' ? 'standard input' : filesFrom} names none)`
  throw new SallyportError(
    'BAD_INPUT',
    `name a file or a folder to scan${empty}; sallyport scan --help shows how`,
  )
}

async function readList(house: House, file: string): Promise<readonly string[]> {
  const text = await readText(house, file)
  const names = text.includes('\0') ? text.split('\0') : text.split(/\r?\n/)
  return names.filter((name) => name !== '')
}

async function readText(house: House, file: string): Promise<string> {
  const text = utf8Text(await house.readFile(file))
  if (text === undefined) throw new SallyportError('BAD_INPUT', `${file} is not UTF-8`)
  return text
}

/** What was accepted before: suppressions and baseline, read from their files. */
export async function acceptedOf(
  { house, io }: Pick<CliContext, 'house' | 'io'>,
  flags: ScanFlags,
  paths: readonly string[],
): Promise<Pick<ScanSettings, 'suppressions' | 'baseline'>> {
  const { baseline } = flags
  const lies = flags.suppressions === undefined && house.hasFile(SUPPRESSIONS)
  // A folder that is judged may not bring its own absolution.
  const isJudged = lies && paths.some((path) => holds(path, SUPPRESSIONS))
  if (isJudged)
    io.err(
      `${SUPPRESSIONS} lies in what is scanned and was not used; name it with --suppressions if it is yours`,
    )
  const file = flags.suppressions ?? (lies && !isJudged ? SUPPRESSIONS : undefined)
  return {
    ...(file === undefined ? {} : { suppressions: { file, text: await readText(house, file) } }),
    ...(baseline === undefined
      ? {}
      : { baseline: { file: baseline, text: await readText(house, baseline) } }),
  }
}

/** Whether a file is a path, or lies below it. */
function holds(path: string, file: string): boolean {
  const way = relative(resolve(path), resolve(file))
  return way !== '..' && !way.startsWith(`..${sep}`)
}

/** Writes the baseline when asked. What is in it is accepted from the next scan on; this one still says what it saw. */
export async function rememberBaseline(
  { house }: Pick<CliContext, 'house'>,
  { writeBaseline }: ScanFlags,
  report: ScanReport,
): Promise<ScanReport> {
  if (writeBaseline !== undefined) await house.writeFile(writeBaseline, baselineOf(report))
  return report
}
