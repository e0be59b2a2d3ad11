import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'

const PYTHON = '/usr/bin/python3'
const MODULES = 'sklearn, torch, torchvision, joblib, pandas, scipy, dill, cloudpickle, statsmodels, networkx'
const isFull = process.env.SALLYPORT_FULL === '1'
const probe = isFull ? spawnSync(PYTHON, ['-c', `import ${MODULES}`]) : { status: 0 }

test('ordinary objects of fifteen frameworks are clean in every protocol', {
  timeout: 600_000,
}, async (context) => {
  if (!isFull)
    context.skip('fifteen frameworks take half a minute to write their objects; SALLYPORT_FULL=1 has them')
  if (probe.status !== 0) {
    if (process.env.SALLYPORT_REQUIRE === '1') expect.fail(`${PYTHON} lacks one of ${MODULES}`)
    context.skip(`${PYTHON} lacks one of ${MODULES}`)
  }
  const folder = mkdtempSync(join(tmpdir(), 'ordinary-pickles-'))
  try {
    const script = new URL('./fixtures/write-ordinary-pickles.py', import.meta.url).pathname
    const written = spawnSync(PYTHON, [script, folder], { encoding: 'utf8' })
    expect(written.status, written.stderr).toBe(0)
    const names = readdirSync(folder)
    expect(names.length).toBeGreaterThan(1500)
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
