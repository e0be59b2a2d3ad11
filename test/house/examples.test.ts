import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stagedPackage } from './staged-package.ts'

const ROOT = join(import.meta.dirname, '../..')
const EXAMPLES = join(ROOT, 'examples')
const EXIT_OF: Readonly<Record<string, number>> = { clean: 0, malicious: 1, undecided: 2, suspicious: 4 }

interface Expected {
  readonly files: readonly { readonly path: string; readonly verdict: string; readonly from: string }[]
}
interface Pipeline {
  readonly principals: readonly { readonly key: string; readonly owner: string }[]
  readonly models: readonly {
    readonly path: string
    readonly name: string
    readonly by: string
    readonly derivedFrom?: string
  }[]
  readonly steps: readonly {
    readonly verb: string
    readonly model: string
    readonly by: string
    readonly stage?: string
  }[]
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(join(EXAMPLES, name), 'utf8')) as T
}
const expected = readJson<Expected>('expected.json')
const pipeline = readJson<Pipeline>('pipeline.json')

test.for(expected.files)('$path is $verdict', ({ path, verdict }) => {
  const { binary, cacheFolder } = stagedPackage()
  const run = spawnSync(process.execPath, [binary, 'scan', join('examples', path), '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: cacheFolder },
  })
  const report = JSON.parse(run.stdout) as {
    schemaVersion: number
    verdict: string
    files: { coverage: unknown[] }[]
  }
  expect({ schemaVersion: report.schemaVersion, verdict: report.verdict, exit: run.status }).toEqual({
    schemaVersion: 1,
    verdict,
    exit: EXIT_OF[verdict],
  })
  for (const file of report.files) expect(file.coverage).not.toEqual([])
})

test('every committed example has an expected verdict, and all are small', () => {
  const found = ['models', 'attacks'].flatMap((folder) =>
    readdirSync(join(EXAMPLES, folder)).map((name) => `${folder}/${name}`),
  )
  expect(found.toSorted()).toEqual(expected.files.map((file) => file.path).toSorted())
  const sizes = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).map(
    (name) => statSync(join(EXAMPLES, name)).size,
  )
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2_000_000)
})

test('the pipeline names only models, principals and files that exist', () => {
  const people = new Set(pipeline.principals.map((principal) => principal.key))
  const names = new Set<string>()
  for (const model of pipeline.models) {
    expect(statSync(join(EXAMPLES, model.path)).size).toBeGreaterThan(0)
    expect(people).toContain(model.by)
    if (model.derivedFrom !== undefined) expect(names).toContain(model.derivedFrom)
    names.add(model.name)
  }
  for (const step of pipeline.steps) {
    expect(names).toContain(step.model)
    expect(people).toContain(step.by)
  }
  const owners = new Set(pipeline.principals.map((principal) => principal.owner))
  expect(owners.size).toBe(people.size)
})
