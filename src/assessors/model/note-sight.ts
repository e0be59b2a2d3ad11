import type { ContainerSight } from './subjects/container-subject.ts'
import { applyRules, type Place, type Walk } from './walk-report.ts'

/** Has the rules judge something seen about a container or the outside of a file. */
export function noteSight(walk: Walk, place: Place, ...sights: readonly ContainerSight[]): void {
  if (sights.length > 0) applyRules(walk, place, { kind: 'container', sights })
}
