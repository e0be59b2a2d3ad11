import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One labelled file or repository of the corpus. */
export interface Labelled {
  /** Relative to the corpus; a folder when it is a repository. */
  readonly path: string
  readonly label: 'malicious' | 'benign'
  readonly technique: string
  readonly format: string
  readonly class: string
  /** Written from a published schema, because the framework cannot be had here. */
  readonly synthetic: boolean
  /** By technique: what is scored shares none with what rules were made on; `late` and `fresh` were written after the rules were finished. */
  readonly split: 'dev' | 'scored' | 'late' | 'fresh'
  /** Its payload fired a harmless marker when its own loader loaded it. */
  readonly proven: boolean
}

const PYTHON = '/usr/bin/python3'

/** Writes the corpus into a folder with the real frameworks. Seconds: about 30. */
export function makeCorpus(folder: string): void {
  const script = fileURLToPath(new URL('./make/make.py', import.meta.url))
  const made = spawnSync(PYTHON, [script, folder], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`the corpus was not made: ${made.stderr}`)
  process.stderr.write(made.stdout)
}

/** The labels of a corpus. */
export async function readLabels(folder: string): Promise<readonly Labelled[]> {
  return JSON.parse(await readFile(join(folder, 'labels.json'), 'utf8')) as Labelled[]
}
