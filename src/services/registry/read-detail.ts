import type { Assessment, Decision, Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { predicateOf } from '../../trust/evidence/index.ts'
import { summaryOf } from './fold-model.ts'
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

/** All edges that lead to or from a model, over any number of steps. */
function lineageOf(room: Room, digest: Digest): readonly LineageEdge[] {
  const edges = new Map<string, LineageEdge>()
  const seen = new Set<Digest>([digest])
  const todo = [digest]
  for (let at = todo.pop(); at !== undefined && edges.size < MAX_EDGES; at = todo.pop()) {
    for (const edge of room.view.edges(at)) {
      edges.set(`${edge.from} ${edge.to}`, edge)
      for (const next of [edge.from, edge.to]) {
        if (seen.has(next)) continue
        seen.add(next)
        todo.push(next)
      }
    }
  }
  return [...edges.values()]
}
