import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'

const PYTHON = '/usr/bin/python3'
const probe = spawnSync(PYTHON, ['-c', 'import sklearn, torch, joblib'])

test('ordinary models of scikit-learn, joblib, NumPy and PyTorch are clean', {
  timeout: 120_000,
}, async (context) => {
  if (probe.status !== 0) context.skip(`${PYTHON} with sklearn, torch and joblib is absent`)
  const folder = mkdtempSync(join(tmpdir(), 'real-models-'))
  try {
    const script = new URL('./fixtures/write-real-models.py', import.meta.url).pathname
    const written = spawnSync(PYTHON, [script, folder], { encoding: 'utf8' })
    expect(written.status, written.stderr).toBe(0)
    const names = readdirSync(folder)
    expect(names.length).toBeGreaterThan(50)
    const dirty: unknown[] = []
    for (const name of names) {
      const file = await assessFile(name, sourceOfBytes(readFileSync(join(folder, name))))
      if (file.verdict !== 'clean')
        dirty.push([name, file.findings.map(({ message }) => message), file.coverage])
    }
    expect(dirty).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
