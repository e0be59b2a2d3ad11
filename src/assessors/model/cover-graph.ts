import { cover, type Place, type Walk } from './walk-report.ts'

/** Notes coverage of a graph that was read to its end, or says why not. */
export function coverGraph(
  walk: Walk,
  place: Place,
  format: string,
  view: { readonly problem: { readonly message: string } | undefined; readonly readBytes: number },
): void {
  const base = { format, readBytes: view.readBytes } as const
  if (view.problem === undefined) cover(walk, place, { ...base, status: 'full' })
  else cover(walk, place, { ...base, status: 'partial', reason: view.problem.message })
}
