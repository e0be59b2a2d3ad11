import { graphlib, layout } from '@dagrejs/dagre'
import {
  Background,
  Controls,
  type Edge,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { useMemo } from 'react'
import type { LineageGraph } from '../../api/contract.ts'
import { OutcomeBadge, VerdictBadge } from '../../parts/badge.tsx'
import { Icon } from '../../parts/icon.tsx'
import { useShownTheme } from '../../shell/theme.ts'
import { PointLink } from './lineage-list.tsx'
import { LINK_WORDS, type LineageLink, type LineagePoint, POINT_WORDS } from './lineage-words.ts'

/** Pixels. */
const NODE = { width: 216, height: 84 } as const

type PointNode = Node<{ readonly point: LineagePoint; readonly isHere: boolean }, 'point'>
const NODE_TYPES = { point: PointCard }

type Parts = Pick<LineageGraph, 'nodes' | 'links'>

/** The lineage as a picture from left to right. What is claimed only is dashed; the list below says all of it in words. */
export function Graph({ graph, start, name }: { graph: Parts; start: string; name: string }) {
  const theme = useShownTheme()
  const arranged = useMemo(() => arrange(graph, start), [graph, start])
  return (
    <section aria-label={`Lineage of ${name}`} className="panel h-[26rem] overflow-hidden">
      <ReactFlow
        nodes={arranged.nodes}
        edges={arranged.edges}
        nodeTypes={NODE_TYPES}
        colorMode={theme}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        minZoom={0.15}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        preventScrolling={false}
        zoomOnScroll={false}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={20} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </section>
  )
}

function PointCard({ data: { point, isHere } }: NodeProps<PointNode>) {
  const [icon, word] = POINT_WORDS[point.kind]
  const border = isHere
    ? 'border-2 border-ink'
    : point.claimed
      ? 'border border-dashed border-strong-line'
      : 'border border-strong-line'
  return (
    <div
      className={`flex h-[84px] w-[216px] flex-col justify-center gap-0.5 rounded-md bg-surface px-3 text-sm text-ink ${border}`}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <p className="flex items-center gap-1.5 text-xs text-quiet">
        <Icon name={icon} size={12} />
        {word}
        {point.claimed ? ', claimed' : ''}
        {isHere ? ', this one' : ''}
      </p>
      <p className="truncate font-medium" title={point.name}>
        <PointLink point={point} />
      </p>
      <p className="flex gap-1">
        {point.verdict === undefined ? null : <VerdictBadge verdict={point.verdict} />}
        {point.outcome === undefined ? null : <OutcomeBadge outcome={point.outcome} />}
      </p>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  )
}

function arrange(
  { nodes, links }: Parts,
  start: string,
): { readonly nodes: PointNode[]; readonly edges: Edge[] } {
  const graph = new graphlib.Graph()
    .setGraph({ rankdir: 'LR', nodesep: 20, ranksep: 124 })
    .setDefaultEdgeLabel(() => ({}))
  for (const { id } of nodes) graph.setNode(id, { ...NODE })
  for (const { from, to } of links) graph.setEdge(from, to)
  layout(graph)
  return {
    nodes: nodes.map((point): PointNode => {
      const place = graph.node(point.id)
      return {
        id: point.id,
        type: 'point',
        position: { x: place.x - NODE.width / 2, y: place.y - NODE.height / 2 },
        data: { point, isHere: point.id === start },
        ...NODE,
      }
    }),
    edges: links.map(edgeOf),
  }
}

function edgeOf({ from, to, relation, claimed }: LineageLink): Edge {
  return {
    id: `${from} ${to} ${relation} ${claimed}`,
    source: from,
    target: to,
    label: claimed ? `${LINK_WORDS[relation].label}, claimed` : LINK_WORDS[relation].label,
    ...(claimed ? { className: 'lineage-claimed', style: { strokeDasharray: '6 4' } } : {}),
  }
}
