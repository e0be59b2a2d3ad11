import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createScanPool } from '../../src/adapters/scan-pool/index.ts'
import { joinFiles } from '../../src/assessors/model/index.ts'
import { scanPath } from '../../src/services/scan/index.ts'
import { type Labelled, makeCorpus, readLabels } from './corpus.ts'
import { type Said, writeScorecard } from './scorecard.ts'

/**
 * The question: how much of a labelled corpus is found, at what price in false alarms? `--split dev --list` names single
 * files to work on (`fresh` too, once its first sight was recorded); of the scored half only sums are ever shown. `--report FILE` writes the scorecard. Peers run beside when
 * PYTHONPATH has them.
 */
const { values } = parseArgs({
  options: {
    corpus: { type: 'string' },
    split: { type: 'string', default: 'dev' },
    list: { type: 'boolean', default: false },
    report: { type: 'string' },
    peers: { type: 'boolean', default: false },
  },
})
if (values.list && !['dev', 'fresh'].includes(values.split)) {
  process.stderr.write('--list is for --split dev and fresh only: nothing may be tuned on the scored half\n')
  process.exit(3)
}
const folder = values.corpus ?? (await mkdtemp(join(tmpdir(), 'bench-detection-')))
const pool = createScanPool({ joinFiles, workerUrl: new URL('../../src/worker.ts', import.meta.url) })
try {
  if (values.corpus === undefined) makeCorpus(folder)
  const labels = await readLabels(folder)
  const wanted = labels.filter(({ split }) => values.report !== undefined || split === values.split)
  const said: Said[] = []
  for (const label of wanted) said.push(await askSallyport(label))
  if (values.list) for (const one of said) listWrong(one)
  const peers = values.peers ? await askPeers() : {}
  const text = writeScorecard(said, peers)
  process.stdout.write(values.report === undefined ? text : '')
  if (values.report !== undefined) {
    await writeFile(values.report, text)
    await writeFile(new URL('./baseline.json', import.meta.url), `${JSON.stringify(sums(said), null, 2)}\n`)
  }
} finally {
  await pool.close()
  if (values.corpus === undefined) await rm(folder, { recursive: true })
}

async function askSallyport(label: Labelled): Promise<Said> {
  const report = await scanPath({ pool }, join(folder, label.path))
  return { label, verdict: report.verdict, files: report.files }
}

function listWrong({ label, verdict, files }: Said): void {
  const isRight = label.label === 'malicious' ? /malicious|suspicious/.test(verdict) : verdict === 'clean'
  if (isRight) return
  process.stdout.write(`${verdict}  ${label.path}\n`)
  for (const file of files.filter((one) => one.verdict !== 'clean')) {
    for (const { ruleId, message } of file.findings) process.stdout.write(`    ${ruleId}: ${message}\n`)
    for (const { status, reason, members, format } of file.coverage)
      if (status !== 'full')
        process.stdout.write(`    ${status} ${format} ${(members ?? []).join(' > ')}: ${reason}\n`)
  }
}

async function askPeers(): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  const out = join(folder, 'peers.json')
  const script = fileURLToPath(new URL('./peers.py', import.meta.url))
  const asked = spawnSync('/usr/bin/python3', [script, folder, out], { encoding: 'utf8' })
  process.stderr.write(asked.stderr.slice(0, 2000))
  if (asked.status !== 0) return {}
  return JSON.parse(await readFile(out, 'utf8')) as Record<string, Record<string, string>>
}

function sums(all: readonly Said[]): Readonly<Record<string, number>> {
  const scored = all.filter(({ label }) => label.split !== 'dev')
  const count = (label: string, verdicts: readonly string[]): number =>
    scored.filter((said) => said.label.label === label && verdicts.includes(said.verdict)).length
  return {
    malicious: scored.filter(({ label }) => label.label === 'malicious').length,
    found: count('malicious', ['malicious', 'suspicious']),
    missed: count('malicious', ['clean']),
    benign: scored.filter(({ label }) => label.label === 'benign').length,
    falseAlarms: count('benign', ['malicious', 'suspicious']),
  }
}
