import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openVulnDbFolder } from '../../src/adapters/vulndb-sqlite/index.ts'
import { readList } from '../../src/assessors/dependency/index.ts'
import { checkDependencies, type OsvDump, updateVulnDb } from '../../src/services/dependencies/index.ts'

// How well imitations of names are told from ordinary names, and what a database of many records costs.
// node bench/dependencies/run.ts [--records 1000000]
const records = Number(process.argv[process.argv.indexOf('--records') + 1]) || 100_000
const now = () => new Date()

interface Names {
  readonly imitations: readonly (readonly [string, string, string])[]
  readonly ordinary: readonly (readonly [string, string])[]
}

/** The share of names that raise the finding about names that resemble others. */
async function alarms(type: string, names: readonly string[]): Promise<number> {
  const text =
    type === 'pypi'
      ? names.map((name) => `${name}==1.0.0`).join('\n')
      : JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '1.0.0'])) })
  const path = type === 'pypi' ? 'requirements.txt' : 'package.json'
  const list = await readList(path, text)
  const outcome = await checkDependencies(
    {
      open: async () => ({ folder: { find: async () => [], read: async () => text }, only: path }),
      database: { open: () => undefined },
      now,
      version: 'bench',
    },
    { path, vex: [], withoutDatabase: true },
  )
  const seen = outcome.assessment.files.flatMap(({ findings }) => findings)
  const alarmed = seen.filter(
    ({ ruleId }) => ruleId === 'dependency/lookalike-name' || ruleId === 'dependency/confused-name',
  )
  return alarmed.length / Math.max(1, list.components.length)
}

/** Records as large as real ones: some 900 bytes, six events, one alias. */
function* makeRecords(count: number): Iterable<{ name: string; bytes: Uint8Array }> {
  for (let i = 0; i < count; i++) {
    const affected = [0, 1].map((one) => ({
      package: { ecosystem: i % 3 === 0 ? 'npm' : 'PyPI', name: `package-${(i * 7 + one) % 50_000}` },
      ranges: [
        {
          type: 'ECOSYSTEM',
          events: [
            { introduced: '0' },
            { fixed: `1.${i % 40}.0` },
            { introduced: '2.0.0' },
            { fixed: `2.${i % 9}.1` },
          ],
        },
      ],
      versions: Array.from({ length: 12 }, (_, at) => `1.${at}.0`),
    }))
    const record = {
      id: `BENCH-${i}`,
      modified: '2026-11-01T00:00:00Z',
      aliases: [`CVE-2026-${10_000 + i}`],
      summary: 'A fault that is described in some words, as they are.',
      details: 'x'.repeat(200),
      affected,
    }
    yield { name: `${i}.json`, bytes: Buffer.from(JSON.stringify(record)) }
  }
}

const names = JSON.parse(readFileSync(join(import.meta.dirname, 'names.json'), 'utf8')) as Names
for (const type of ['pypi', 'npm']) {
  const imitations = names.imitations.filter(([ecosystem]) => ecosystem === type).map(([, name]) => name)
  const ordinary = names.ordinary.filter(([ecosystem]) => ecosystem === type).map(([, name]) => name)
  const found = await alarms(type, imitations)
  const wrong = await alarms(type, ordinary)
  console.log(
    `${type}: ${(found * 100).toFixed(1)} % of ${imitations.length} imitations found (seen while tuning), ${(wrong * 100).toFixed(2)} % of ${ordinary.length} ordinary names alarmed (not seen before)`,
  )
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
try {
  const store = openVulnDbFolder(folder)
  const dump: OsvDump = {
    label: 'generated',
    async *files() {
      yield* makeRecords(records)
    },
  }
  const before = process.cpuUsage()
  const start = performance.now()
  const { status } = await updateVulnDb({ store, now }, { dumps: [dump], keep: false })
  const cpu = process.cpuUsage(before)
  const mib = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`
  console.log(
    `${records} records: ${((performance.now() - start) / 1000).toFixed(1)} s, CPU ${((cpu.user + cpu.system) / 1e6).toFixed(1)} s, peak memory ${mib(process.resourceUsage().maxRSS * 1024)}, file ${mib(status.sizeBytes)}`,
  )
  const db = store.open()
  const asked = performance.now()
  for (let i = 0; i < 1000; i++) db?.recordsOf('PyPI', `package-${(i * 37) % 50_000}`)
  console.log(`1000 packages looked up: ${(performance.now() - asked).toFixed(0)} ms`)
  db?.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
