import type { GraphSubject } from './subjects/graph-subject.ts'
import { applyRules, cover, type Place, type Walk } from './walk-report.ts'

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

/** Applies the rules to a graph and notes how far it was understood: a program compiled for one device never is. */
export function judgeGraph(
  walk: Walk,
  place: Place,
  graph: Omit<GraphSubject, 'kind'>,
  view: { readonly problem: { readonly message: string } | undefined; readonly readBytes: number },
): void {
  applyRules(walk, place, { kind: 'graph', ...graph })
  const opaque = graph.operators.find(({ role }) => role === 'opaque')?.operator.slice(0, 100)
  const compiled =
    opaque === undefined
      ? undefined
      : { message: `the program in ${opaque} is compiled for one device and cannot be read` }
  coverGraph(walk, place, graph.format, { problem: view.problem ?? compiled, readBytes: view.readBytes })
}
