import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeCorpus, readLabels } from '../../bench/detection/corpus.ts'
import { createScanPool } from '../../src/adapters/scan-pool/index.ts'
import { joinFiles } from '../../src/assessors/model/index.ts'
import { scanPath } from '../../src/services/scan/index.ts'

/** What the frameworks that write the corpus are called in Python. */
const NEEDED =
  'sklearn, torch, torchvision, joblib, dill, cloudpickle, pandas, h5py, onnx, xgboost, msgpack, zstandard, lz4, py7zr, statsmodels, networkx, flatbuffers, yaml, gensim, tables, matplotlib, skimage, sympy'
/** Shares that the product promises: what is found of what is malicious, and what is alarmed about of what is not. */
const LEAST_FOUND = 0.97
const MOST_ALARMS = 0.02

test('of the labelled corpus 97 % are found, at 2 % false alarms', { timeout: 600_000 }, async (context) => {
  if (process.env.SALLYPORT_FULL !== '1')
    context.skip('the corpus takes a minute to make; SALLYPORT_FULL=1 makes it')
  const probe = spawnSync('/usr/bin/python3', ['-c', `import ${NEEDED}`])
  if (probe.status !== 0 || spawnSync('Rscript', ['--version']).error !== undefined)
    context.skip(`R, or /usr/bin/python3 with ${NEEDED}, is absent`)
  const folder = await mkdtemp(join(tmpdir(), 'detection-'))
  const pool = createScanPool({ joinFiles, workerUrl: new URL('../../src/worker.ts', import.meta.url) })
  try {
    makeCorpus(folder)
    const wrong = { missed: [] as string[], alarms: [] as string[] }
    const count = { malicious: 0, benign: 0 }
    for (const { path, label, technique } of await readLabels(folder)) {
      const { verdict } = await scanPath({ pool }, join(folder, path))
      const isFlagged = verdict === 'malicious' || verdict === 'suspicious'
      count[label] += 1
      if (label === 'malicious' && !isFlagged) wrong.missed.push(`${technique}: ${verdict}`)
      if (label === 'benign' && isFlagged) wrong.alarms.push(`${technique}: ${verdict}`)
    }
    expect(count.malicious).toBeGreaterThan(350)
    expect(count.benign).toBeGreaterThan(200)
    expect(1 - wrong.missed.length / count.malicious, wrong.missed.join('\n')).toBeGreaterThanOrEqual(
      LEAST_FOUND,
    )
    expect(wrong.alarms.length / count.benign, wrong.alarms.join('\n')).toBeLessThanOrEqual(MOST_ALARMS)
  } finally {
    await pool.close()
    await rm(folder, { recursive: true })
  }
})
