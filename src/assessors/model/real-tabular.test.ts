import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'

const PYTHON = '/usr/bin/python3'
const isThere = spawnSync(PYTHON, ['-c', 'import xgboost, msgpack']).status === 0
const isRequired = process.env.SALLYPORT_REQUIRE === '1'

test('ordinary models of XGBoost and checkpoints in MessagePack are clean', {
  timeout: 120_000,
}, async (context) => {
  if (!isThere && !isRequired) context.skip(`${PYTHON} with xgboost and msgpack is absent`)
  const folder = mkdtempSync(join(tmpdir(), 'real-tabular-'))
  try {
    const script = new URL('./fixtures/write-real-tabular.py', import.meta.url).pathname
    const written = spawnSync(PYTHON, [script, folder], { encoding: 'utf8' })
    expect(written.status, written.stderr).toBe(0)
    const names = readdirSync(folder)
    expect(names.length).toBeGreaterThan(60)
    const dirty: unknown[] = []
    for (const name of names) {
      const file = await assessFile(name, sourceOfBytes(readFileSync(join(folder, name))))
      if (file.verdict !== 'clean')
        dirty.push([name, file.verdict, file.findings.map(({ message }) => message), file.coverage])
    }
    expect(dirty).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
