import type { GatedStage } from '../../ground/domain/index.ts'
import { fail, ok, type Result } from '../../ground/lang/index.ts'

/** What is guarded when nothing is said. */
export const DEFAULT_GUARDED = ['production', 'champion', 'staging'] as const

/** Names that may be guarded at once; each is compared with every move. */
const MAX_GUARDED = 100

/**
 * Guarded aliases and stages of the settings: `champion` asks for production, `staging` for staging, `canary=staging` for what it
 * says. Compared without case: "Production" must not be a way round "production".
 */
export function parseGuarded(words: readonly string[]): Result<ReadonlyMap<string, GatedStage>> {
  if (words.length > MAX_GUARDED) return fail(`more than ${MAX_GUARDED} names are guarded`)
  const guarded = new Map<string, GatedStage>()
  for (const word of words) {
    const [, name, stage] = /^([\w-]{1,255})(?:=(staging|production))?$/.exec(word) ?? []
    if (name === undefined)
      return fail(
        `"${word}" is no guarded name; write an alias or stage, or name=staging, or name=production`,
      )
    const lower = name.toLowerCase()
    guarded.set(lower, (stage as GatedStage | undefined) ?? (lower === 'staging' ? 'staging' : 'production'))
  }
  return ok(guarded)
}
