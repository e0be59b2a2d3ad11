import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const STAGES = join(ROOT, 'node_modules/.cache/sallyport-stages')
/** What the package is made of. */
const SOURCES = ['src', 'bin', 'catalog', 'package.json']
/** Milliseconds after which a build that has not ended is taken for dead, and a stage that nobody uses for old. */
const DEAD_MS = 120_000
const OLD_MS = 3_600_000

/** The program as it is published, and where it keeps what V8 compiled of it, so that only the first test that runs it waits. */
export interface StagedPackage {
  readonly binary: string
  /** For XDG_CACHE_HOME. */
  readonly cacheFolder: string
}

/**
 * Builds the package of the sources as they stand now, once for all tests that run the whole program: from there it starts in a
 * tenth of the time that a checkout takes. Tests that run side by side wait for the one that builds.
 */
export function stagedPackage(): StagedPackage {
  staged ??= findOrBuild()
  return staged
}

let staged: StagedPackage | undefined

function findOrBuild(): StagedPackage {
  const folder = join(STAGES, digestOfSources())
  mkdirSync(STAGES, { recursive: true })
  const until = Date.now() + DEAD_MS
  while (!existsSync(folder) && Date.now() < until) {
    if (takeLock(`${folder}.lock`)) {
      try {
        if (!existsSync(folder)) build(folder)
      } finally {
        rmSync(`${folder}.lock`, { recursive: true })
      }
    } else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  }
  return { binary: join(folder, 'bin/sallyport'), cacheFolder: join(folder, 'cache') }
}

function takeLock(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    const info = statSync(lock, { throwIfNoEntry: false })
    if (info !== undefined && Date.now() - info.mtimeMs > DEAD_MS)
      rmSync(lock, { recursive: true, force: true })
    return false // Information: another test builds.
  }
}

function build(folder: string): void {
  for (const name of readdirSync(STAGES)) {
    const info = statSync(join(STAGES, name), { throwIfNoEntry: false })
    if (info !== undefined && Date.now() - info.mtimeMs > OLD_MS)
      rmSync(join(STAGES, name), { recursive: true, force: true })
  }
  const unfinished = `${folder}.${process.pid}`
  execFileSync(process.execPath, [join(ROOT, 'bin/build.cjs'), 'stage', unfinished], { stdio: 'pipe' })
  renameSync(unfinished, folder)
}

function digestOfSources(): string {
  const hash = createHash('sha256')
  for (const source of SOURCES)
    for (const name of ['', ...namesIn(join(ROOT, source))].sort()) {
      if (name.endsWith('.test.ts')) continue
      const info = statSync(join(ROOT, source, name))
      if (info.isFile()) hash.update(`${source}/${name} ${info.size} ${info.mtimeMs}\n`)
    }
  return hash.digest('hex').slice(0, 24)
}

function namesIn(folder: string): readonly string[] {
  return statSync(folder).isDirectory() ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []
}
