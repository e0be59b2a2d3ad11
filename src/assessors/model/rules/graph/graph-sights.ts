import type { Observation, Subject } from '../../rule.ts'
import type { GraphFault, GraphOperator, GraphReference, GraphSubject } from '../../subjects/graph-subject.ts'

/** Cases of one rule in one graph; more do not help a person. */
const MAX_SIGHTS = 50

/** One observation for each operator of these roles. */
export function operatorsAsSights(
  subject: Subject,
  roles: readonly GraphOperator['role'][],
): readonly Observation[] {
  return graphOf(subject)
    .operators.filter(({ role }) => roles.includes(role))
    .slice(0, MAX_SIGHTS)
    .map(({ operator, detail, offset }) => ({
      key: operator,
      message: `the operator ${operator} ${detail}`,
      offset,
      call: operator,
    }))
}

/** One observation for each target that leads away, when `want` says so. */
export function referencesAsSights(
  subject: Subject,
  want: (reference: GraphReference, format: string) => boolean,
): readonly Observation[] {
  const graph = graphOf(subject)
  return graph.references
    .filter((reference) => want(reference, graph.format))
    .slice(0, MAX_SIGHTS)
    .map(({ target, escape: reason, detail, offset }) => ({
      key: target,
      message: `${detail}: ${JSON.stringify(target.slice(0, 200))}${reason === undefined ? '' : `; ${reason}`}`,
      offset,
    }))
}

/** One observation for each fault of a kind. */
export function faultsAsSights(subject: Subject, kind: GraphFault['kind']): readonly Observation[] {
  return graphOf(subject)
    .faults.filter((fault) => fault.kind === kind)
    .slice(0, MAX_SIGHTS)
    .map(({ message, offset }) => ({ key: message, message, offset }))
}

const NO_GRAPH: GraphSubject = { kind: 'graph', format: '', operators: [], references: [], faults: [] }

function graphOf(subject: Subject): GraphSubject {
  return subject.kind === 'graph' ? subject : NO_GRAPH
}
