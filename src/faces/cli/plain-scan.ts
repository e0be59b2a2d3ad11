import { ALL_BUT_CLEAN } from './exit-code.ts'
import type { ScanFlags } from './scan-flags.ts'

/** Switches of a plain scan, and what they set. */
const SWITCHES: Readonly<Record<string, Partial<ScanFlags>>> = {
  '--json': { json: true },
  '--quiet': { quiet: true },
  '--verbose': { verbose: true },
  '--no-cache': { cache: false },
}

/** What a plain scan asks for. */
export interface PlainScan {
  readonly flags: ScanFlags
  readonly paths: readonly string[]
}

/**
 * Understands the scans that are run most, `scan PATH… [--json] [--quiet] [--verbose] [--no-cache]`, without the parser of all
 * commands, which takes longer to load than a small file to scan. Undefined for everything else: the parser says what it is.
 */
export function plainScan(args: readonly string[]): PlainScan | undefined {
  const [verb, ...words] = args
  if (verb !== 'scan') return undefined
  const paths = words.filter((word) => !word.startsWith('-'))
  const switches = words.filter((word) => word.startsWith('-'))
  if (paths.length === 0 || paths.includes('') || new Set(switches).size < switches.length) return undefined
  let flags: ScanFlags = {
    json: false,
    format: 'terminal',
    failOn: ALL_BUT_CLEAN,
    cache: true,
    quiet: false,
    verbose: false,
  }
  for (const word of switches) {
    if (!Object.hasOwn(SWITCHES, word)) return undefined
    flags = { ...flags, ...SWITCHES[word] }
  }
  return { flags, paths }
}
