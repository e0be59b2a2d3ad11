import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const CONFIG = join(ROOT, 'dependency-cruiser.config.mjs')
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
const PLACES = [
  'src',
  'test',
  'bench',
  'bin',
  'web/src',
  'web/vite.config.ts',
  'vitest.config.ts',
  'dependency-cruiser.config.mjs',
]

interface Cruise {
  readonly summary: {
    readonly totalCruised: number
    readonly violations: readonly {
      readonly rule: { readonly name: string }
      readonly from: string
      readonly to: string
    }[]
  }
}

/** Runs the house's dependency rules over a tree: how many files were read, and `rule: from -> to` for each breach. */
export function cruise(folder: string): { readonly files: number; readonly breaches: readonly string[] } {
  const places = PLACES.filter((place) => existsSync(join(folder, place)))
  const json = execFileSync(
    process.execPath,
    [CRUISER, ...places, '--config', CONFIG, '--output-type', 'json'],
    {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 256e6,
    },
  )
  const { summary } = JSON.parse(json) as Cruise
  return {
    files: summary.totalCruised,
    breaches: summary.violations.map((breach) => `${breach.rule.name}: ${breach.from} -> ${breach.to}`),
  }
}
