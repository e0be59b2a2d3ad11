import type { Assessment, Decision, Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { type DerivationRelation, predicateOf } from '../../trust/evidence/index.ts'
import { summaryOf } from './fold-model.ts'
import type { LineageRelation } from './lineage-port.ts'
import type { StatementRow } from './ports.ts'
import { type OpenedRow, openRows } from './read-statements.ts'
import type { LineageEdge, ModelDetail, TimelineEntry } from './registry-port.ts'
import type { Room } from './room.ts'

/** Edges. A lineage longer than this is cut; the graph says where it goes on. */
const MAX_EDGES = 500

/** A model's page, from its statements. @throws SallyportError `NOT_FOUND` */
export async function readDetail(room: Room, digest: Digest): Promise<ModelDetail> {
  const model = room.view.model(digest)
  if (model === undefined)
    throw new SallyportError('NOT_FOUND', `no model ${digest} here; \`sallyport import\` takes one in`)
  const opened = await openRows(room, digest)
  const quarantine = newest(opened, 'quarantine')
  if (quarantine === undefined)
    throw new SallyportError('LOG_CORRUPT', `the quarantine statement of ${digest} is gone`)
  const assessment = newest(opened, 'model-scan')
  return {
    ...summaryOf(model),
    omsRoot: quarantine.omsRoot,
    files: quarantine.files,
    ...(assessment === undefined ? {} : { assessment: withoutTime(assessment) }),
    timeline: opened.map(({ row }) => timelineOf(row)),
    decisions: opened.flatMap(({ verified }): readonly Decision[] => {
      const decision = predicateOf(verified, 'decision')
      return decision === undefined ? [] : [decision]
    }),
    lineage: lineageOf(room, digest),
    signatures: opened.flatMap(({ row, verified }) => {
      const signature = predicateOf(verified, 'model-signature')
      return signature === undefined ? [] : [{ ...signature, sealed: row.digest }]
    }),
    waivers: opened.flatMap(({ verified }) => {
      const waiver = predicateOf(verified, 'waiver')
      if (waiver === undefined) return []
      return [{ ruleId: waiver.ruleId, owner: waiver.owner, reason: waiver.note, until: waiver.until }]
    }),
  }
}

function newest<N extends 'quarantine' | 'model-scan'>(opened: readonly OpenedRow[], name: N) {
  const found = opened.findLast(({ verified }) => verified.name === name)
  return found === undefined ? undefined : predicateOf(found.verified, name)
}

function withoutTime({ at: _at, ...assessment }: Assessment & { readonly at: string }): Assessment {
  return assessment
}

/** A row as the timeline shows it. */
export function timelineOf(row: StatementRow): TimelineEntry {
  const { digest, index, kind, predicateType, at, summary, keyId, principalId } = row
  return {
    statement: digest,
    index,
    kind,
    predicateType,
    at,
    summary,
    keyId,
    ...(principalId === undefined ? {} : { principalId }),
  }
}

/** All proven derivations that lead to or from a model, over any number of steps. */
function lineageOf(room: Room, digest: Digest): readonly LineageEdge[] {
  const edges = new Map<string, LineageEdge>()
  const seen = new Set<Digest>([digest])
  const todo = [digest]
  for (let at = todo.pop(); at !== undefined && edges.size < MAX_EDGES; at = todo.pop()) {
    for (const link of [...room.view.links(at, 'up'), ...room.view.links(at, 'down')]) {
      const { from, to, relation, claimed } = link
      if (claimed || !isDerivation(relation)) continue
      const edge = { from, fromName: nameOf(room, from), to, toName: nameOf(room, to), relation }
      edges.set(`${from} ${to}`, edge)
      for (const next of [from, to]) {
        if (seen.has(next)) continue
        seen.add(next)
        todo.push(next)
      }
    }
  }
  return [...edges.values()]
}

/** What links a model to something that is no model of another make. */
const OTHER_RELATIONS: readonly LineageRelation[] = ['input', 'base-model', 'output', 'source', 'deployed']

function isDerivation(relation: LineageRelation): relation is DerivationRelation {
  return !OTHER_RELATIONS.includes(relation)
}

function nameOf(room: Room, id: Digest): string {
  return room.view.model(id)?.name ?? room.view.node(id)?.name ?? id
}
