import type { Digest, Outcome, Stage, Verdict } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { LineageKind, LineageLink, LineageNode } from '../registry/index.ts'
import type { LineageDeps } from './ports.ts'

/** Points of one picture. A person reads fifty; a program that wants more asks for parts. */
const MAX_NODES = 1_000
/** Steps from the start. */
const MAX_DEPTH = 64

/** A point of the lineage with what is known of it where it is a model that is here. */
export interface LineagePoint extends LineageNode {
  /** Steps from the start: before it negative, after it positive. */
  readonly step: number
  readonly verdict?: Verdict
  readonly stage?: Stage
  readonly outcome?: Outcome
}

/** Part of the lineage, around one point. */
export interface LineageGraph {
  readonly start: Digest
  readonly nodes: readonly LineagePoint[]
  readonly links: readonly LineageLink[]
  /** There is more, beyond the depth or the limit. */
  readonly isCut: boolean
}

/** What to show around a point: what came before it, what came of it, or both. */
export interface LineageQuery {
  readonly way: 'up' | 'down' | 'both'
  /** 1 to {@link MAX_DEPTH}. */
  readonly depth: number
}

/** Everything before and after a point, but not what else came of what is before it. @throws SallyportError `NOT_FOUND` */
export function walkLineage(
  deps: Pick<LineageDeps, 'view'>,
  start: Digest,
  { way, depth }: LineageQuery,
): LineageGraph {
  const first = pointOf(deps, start, 0)
  if (first === undefined)
    throw new SallyportError(
      'NOT_FOUND',
      `nothing is known of ${start}; \`sallyport models\` lists the models`,
    )
  const walk: Walk = { nodes: new Map([[start, first]]), links: new Map(), isCut: false }
  for (const one of ['up', 'down'] as const)
    if (way === one || way === 'both')
      step(deps, walk, { start, way: one, depth: Math.min(depth, MAX_DEPTH) })
  return { start, nodes: [...walk.nodes.values()], links: [...walk.links.values()], isCut: walk.isCut }
}

interface Walk {
  readonly nodes: Map<Digest, LineagePoint>
  readonly links: Map<string, LineageLink>
  isCut: boolean
}

function step(
  deps: Pick<LineageDeps, 'view'>,
  walk: Walk,
  { start, way, depth }: { start: Digest; way: 'up' | 'down'; depth: number },
): void {
  const seen = new Set<Digest>([start])
  let ring: readonly Digest[] = [start]
  for (let away = 1; ring.length > 0; away += 1) {
    const links = ring.flatMap((id) => deps.view.links(id, way))
    if (links.length > 0 && away > depth) walk.isCut = true
    if (away > depth) return
    ring = links.flatMap((link) => arrive(deps, walk, { link, seen, step: way === 'up' ? -away : away }))
  }
}

/** Takes a link in; the point behind it when nobody has been there. */
function arrive(
  deps: Pick<LineageDeps, 'view'>,
  walk: Walk,
  { link, seen, step: away }: { link: LineageLink; seen: Set<Digest>; step: number },
): readonly Digest[] {
  const id = away < 0 ? link.from : link.to
  if (!walk.nodes.has(id) && walk.nodes.size >= MAX_NODES) {
    walk.isCut = true
    return []
  }
  walk.links.set(JSON.stringify([link.from, link.to, link.relation, link.claimed]), link)
  if (!walk.nodes.has(id)) walk.nodes.set(id, pointOf(deps, id, away) ?? unknown(id, away))
  if (seen.has(id)) return []
  seen.add(id)
  return [id]
}

/** What is known of one point; undefined when nothing is. */
function pointOf({ view }: Pick<LineageDeps, 'view'>, id: Digest, away: number): LineagePoint | undefined {
  const model = view.model(id)
  const node = view.node(id)
  if (model === undefined) return node === undefined ? undefined : { ...node, step: away }
  const kind: LineageKind = node?.kind === 'dataset' && !node.claimed ? 'dataset' : 'model'
  return {
    id,
    kind,
    name: model.name,
    claimed: false,
    step: away,
    verdict: model.verdict,
    stage: model.stage,
    ...(model.decision === undefined ? {} : { outcome: model.decision.outcome }),
  }
}

function unknown(id: Digest, away: number): LineagePoint {
  return { id, kind: 'model', name: id, claimed: true, step: away }
}
