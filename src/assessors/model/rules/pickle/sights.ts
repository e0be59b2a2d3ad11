import type { Sight } from '../../pickle-sights.ts'
import type { Observation } from '../../rule.ts'

/** Observations of what was seen in a stream, one for each different text. */
export function describeSights(verb: string, sights: readonly Sight[]): readonly Observation[] {
  const first = new Map<string, Sight>()
  for (const sight of sights) if (!first.has(sight.text)) first.set(sight.text, sight)
  return [...first.values()].map(({ offset, text, trail }) => ({
    key: text,
    message: `${verb} ${text}`,
    offset,
    call: text,
    context: trail,
  }))
}
