import type { Suppression } from './suppression.ts'

/**
 * As {@link parseSuppressions}, with the YAML parser loaded only now: most scans have no suppressions.
 * @throws SallyportError `BAD_INPUT`
 */
export async function readSuppressions(text: string, file: string): Promise<readonly Suppression[]> {
  const { parseSuppressions } = await import('./parse-suppressions.ts')
  return parseSuppressions(text, file)
}
