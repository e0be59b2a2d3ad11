import { assessFile, assessRepository } from '../../src/assessors/model/index.ts'
import { type FileAssessment, type Verdict, worstVerdict } from '../../src/ground/domain/index.ts'
import { sourceOfBytes } from '../../src/ground/lang/index.ts'
import { ARCHIVE_ATTACKS } from './archives.ts'
import type { Attack } from './attack.ts'
import { GADGET_ATTACKS } from './gadgets.ts'
import { MODEL_ATTACKS } from './models.ts'
import { TRICK_ATTACKS } from './tricks.ts'
import { TURN_ATTACKS } from './turns.ts'

/** Every published technique that we know of, with a file of ours. */
export const ATTACKS: readonly Attack[] = [
  ...GADGET_ATTACKS,
  ...TRICK_ATTACKS,
  ...TURN_ATTACKS,
  ...ARCHIVE_ATTACKS,
  ...MODEL_ATTACKS,
]

/** What the scanner says of the files of one attack. */
export interface Judged {
  readonly verdict: Verdict
  /** Rules that found something to be looked at, without notes. */
  readonly rules: readonly string[]
  readonly files: readonly FileAssessment[]
}

/** Scans the files of an attack alone and, when there are several, together. */
export async function judge({ files }: Attack): Promise<Judged> {
  const open = (name: string) => sourceOfBytes(files[name] ?? new Uint8Array(0))
  const names = Object.keys(files)
  const alone = await Promise.all(names.map((name) => assessFile(name, open(name))))
  const together = await assessRepository({
    files: names.map((name) => ({ name, sizeBytes: open(name).size })),
    withFile: (name, use) => use(open(name)),
  })
  const all = [...alone, ...together]
  const found = all.flatMap(({ findings }) => findings).filter(({ verdict }) => verdict !== 'clean')
  return {
    verdict: worstVerdict(all.map(({ verdict }) => verdict)),
    rules: [...new Set(found.map(({ ruleId }) => ruleId))].sort(),
    files: all,
  }
}
