import type { LineageReader } from '../../src/faces/http/index.ts'
import { type Digest, digestOfJson } from '../../src/ground/domain/index.ts'
import type { LineagePoint } from '../../src/services/lineage/index.ts'
import type { LineageLink, Registry } from '../../src/services/registry/index.ts'

const at = '2026-11-21T10:00:00.000Z'
const statement = digestOfJson('statement')
const idOf = (name: string) => digestOfJson({ fake: name })

/** A lineage around the models of a fake registry: their derivations, with data, a run, a deployment and a claim. */
export function fakeLineage(registry: Pick<Registry, 'get'>): LineageReader {
  return {
    graph: async (start) => {
      const model = await registry.get(start)
      const nodes = new Map<Digest, LineagePoint>()
      const links: LineageLink[] = []
      const link = (from: Digest, to: Digest, relation: LineageLink['relation'], claimed = false) =>
        links.push({ from, to, relation, claimed, statement, at })
      const put = (name: string, kind: LineagePoint['kind'], step: number, claimed = false) => {
        const id = idOf(name)
        nodes.set(id, { id, kind, name, claimed, step })
        return id
      }
      for (const edge of model.lineage) {
        for (const [id, step] of [
          [edge.from, -1],
          [edge.to, 0],
        ] as const) {
          const { name, verdict, stage, decision } = await registry.get(id)
          const outcome = decision === undefined ? {} : { outcome: decision.outcome }
          nodes.set(id, { id, kind: 'model', name, claimed: false, step, verdict, stage, ...outcome })
        }
        link(edge.from, edge.to, edge.relation)
      }
      if (model.lineage.length > 0) {
        const run = put('nightly training', 'run', -1)
        link(put('reviews-2026-11', 'dataset', -2), run, 'input')
        link(put('s3://bucket/extra', 'dataset', -2, true), run, 'input', true)
        link(run, start, 'output')
        link(start, put('production', 'deployment', 1), 'deployed')
      }
      const { name, verdict, stage } = model
      nodes.set(start, { id: start, kind: 'model', name, claimed: false, step: 0, verdict, stage })
      return { start, nodes: [...nodes.values()], links, isCut: false }
    },
    claims: async (model) =>
      (await registry.get(model)).lineage.length === 0
        ? []
        : [{ id: idOf('org/base'), name: 'org/base', relation: 'fine-tune', file: 'README.md' }],
    receive: async () => ({ recorded: true, statement, run: idOf('run') }),
    derive: async () => statement,
  }
}
