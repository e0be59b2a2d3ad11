import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SallyportError } from '../../ground/lang/index.ts'
import type { ScanReport } from '../../services/scan/index.ts'
import type { House } from './house.ts'
import { plainScan } from './plain-scan.ts'
import { runCli } from './run-cli.ts'
import { startCli } from './start-cli.ts'

const REPORT = {
  kind: 'scan',
  paths: ['a'],
  base: 'a',
  assessor: { assessor: 'model', version: '1', ruleSet: 'sha256:0' },
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:00.000Z',
  verdict: 'undecided',
  files: [
    {
      path: 'a',
      sizeBytes: 3,
      verdict: 'undecided',
      coverage: [
        { path: 'a', format: 'unknown', sizeBytes: 3, readBytes: 3, status: 'none', reason: 'not known' },
      ],
      findings: [],
    },
  ],
  excluded: [],
  summary: {
    files: 1,
    sizeBytes: 3,
    excluded: 0,
    putAside: 0,
    verdicts: { clean: 0, suspicious: 0, malicious: 0, undecided: 1 },
  },
} as unknown as ScanReport

/** A house that says which scan was asked for; a path `no` fails. */
function watchedHouse(asked: unknown[]): House {
  const house: Partial<House> = {
    version: '0',
    scan: async (paths, { onProgress: _onProgress, ...settings }) => {
      asked.push([paths, settings])
      if (paths.includes('no')) throw new SallyportError('NOT_FOUND', 'there is no file at no')
      return REPORT
    },
    rules: async () => [],
    hasFile: () => false,
  }
  return house as House
}

type Runner = (house: House, args: readonly string[], out: string[], err: string[]) => Promise<number>

const streams = (out: string[], err: string[]) => ({
  stdout: { write: (text: string) => out.push(text) },
  stderr: { write: (text: string) => err.push(text) },
  env: {},
})

const started: Runner = (house, args, out, err) => startCli(house, streams(out, err), streams(out, err), args)
const parsed: Runner = (house, args, out, err) => runCli(house, streams(out, err), args)

async function told(run: Runner, args: readonly string[]) {
  const [asked, out, err]: [unknown[], string[], string[]] = [[], [], []]
  const code = await run(watchedHouse(asked), args, out, err)
  // A failed plain scan is told by the parser, which asks a house that fails at once.
  return { code, asked: asked.slice(0, 1), out: out.join(''), err: err.join('') }
}

const word = fc.constantFrom('a', 'no', 'b/c.pkl', '', '--json', '--quiet', '--verbose', '--no-cache')
const odd = fc.constantFrom(
  '--cache',
  '--quiet=true',
  '-q',
  '--',
  '--no-json',
  '--help',
  '--jobs',
  '3',
  '-',
  'é',
)
const line = fc.array(fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: odd }), {
  maxLength: 5,
})

test('a plain scan asks, says and ends exactly as the parser of all commands has it', async () => {
  await fc.assert(
    fc.asyncProperty(line, async (words) => {
      const args = ['scan', ...words]
      expect(await told(started, args)).toEqual(await told(parsed, args))
    }),
    { numRuns: 150 },
  )
})

test.for([
  [['scan', 'a.pkl'], true],
  [['scan', 'a.pkl', 'b', '--json', '--no-cache'], true],
  [['scan', '--json', '--json', 'a'], false],
  [['scan', 'a', '--fail-on', 'none'], false],
  [['scan'], false],
  [['scan', '--help'], false],
  [['scan', '-'], false],
  [['models', 'a'], false],
] as const)('%j is a plain scan: %s', ([args, isPlain]) => {
  expect(plainScan(args) !== undefined).toBe(isPlain)
})
