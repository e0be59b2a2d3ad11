import type { LineageGraph } from '../../api/contract.ts'
import type { IconName } from '../../parts/icon.tsx'

export type LineagePoint = LineageGraph['nodes'][number]
export type LineageLink = LineageGraph['links'][number]

/** What a point is, in words and with an icon. */
export const POINT_WORDS: Readonly<Record<LineagePoint['kind'], readonly [icon: IconName, word: string]>> = {
  dataset: ['file', 'data set'],
  run: ['clock', 'run'],
  model: ['box', 'model'],
  'hub-model': ['box', 'hub model'],
  deployment: ['flag', 'deployment'],
}

/** A link as a sentence: what stands between the later point and the earlier one, or the other way round. */
export const LINK_WORDS: Readonly<
  Record<
    LineageLink['relation'],
    { readonly first: 'to' | 'from'; readonly verb: string; readonly label: string }
  >
> = {
  input: { first: 'to', verb: 'read', label: 'input' },
  'base-model': { first: 'to', verb: 'started from', label: 'base' },
  output: { first: 'from', verb: 'made', label: 'made' },
  source: { first: 'to', verb: 'was pulled from', label: 'pulled' },
  deployed: { first: 'from', verb: 'was deployed to', label: 'deployed' },
  'fine-tune': { first: 'to', verb: 'is fine-tuned from', label: 'fine-tune' },
  quantisation: { first: 'to', verb: 'is quantised from', label: 'quantised' },
  merge: { first: 'to', verb: 'is merged from', label: 'merge' },
  adapter: { first: 'to', verb: 'is an adapter for', label: 'adapter' },
  conversion: { first: 'to', verb: 'is converted from', label: 'converted' },
  'derived-from': { first: 'to', verb: 'is derived from', label: 'derived' },
}

/** A graph with the hints of the model's own files as points and links of their own. */
export function withClaims(graph: LineageGraph): Pick<LineageGraph, 'nodes' | 'links'> {
  const known = new Set(graph.nodes.map(({ id }) => id))
  const claims = graph.claims.filter(({ id }) => !known.has(id))
  return {
    nodes: [
      ...graph.nodes,
      ...claims.map(
        ({ id, name }): LineagePoint => ({ id, kind: 'hub-model', name, claimed: true, step: -1 }),
      ),
    ],
    links: [
      ...graph.links,
      ...claims.map(
        ({ id, relation }): LineageLink => ({
          from: id,
          to: graph.start,
          relation,
          claimed: true,
          statement: '',
          at: '',
        }),
      ),
    ],
  }
}
