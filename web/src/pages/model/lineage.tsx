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
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { LineageEdge, ModelDetail } from '../../api/contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { shortDigest } from '../../parts/show.ts'
import { Empty } from '../../parts/states.tsx'
import { useShownTheme } from '../../shell/theme.ts'

/** Pixels. */
const NODE = { width: 208, height: 56 } as const

type ModelNode = Node<{ readonly name: string; readonly digest: string; readonly here: boolean }, 'model'>
const NODE_TYPES = { model: ModelCard }

/** What the model was made from, and what was made from it: a picture, and the same in words for every reader. */
export function Lineage({ model }: { readonly model: ModelDetail }) {
  const theme = useShownTheme()
  const graph = useMemo(() => arrange(model), [model])
  if (model.lineage.length === 0)
    return (
      <Empty icon="link" title="No lineage is known">
        Import a derived model with --derived-from and the digest of its base, and the link is sealed as
        evidence.
      </Empty>
    )
  return (
    <div className="flex flex-col gap-3">
      <div className="panel h-96 overflow-hidden">
        <ReactFlow
          aria-label={`Lineage of ${model.name}`}
          nodes={graph.nodes}
          edges={graph.edges}
          nodeTypes={NODE_TYPES}
          colorMode={theme}
          fitView
          fitViewOptions={{ maxZoom: 1, padding: 0.2 }}
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
      </div>
      <ul className="text-sm text-quiet">
        {model.lineage.map((edge) => (
          <li key={`${edge.from} ${edge.to}`}>
            <Words edge={edge} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Words({ edge }: { readonly edge: LineageEdge }) {
  return (
    <>
      <ModelLink digest={edge.to} name={edge.toName} /> is derived from{' '}
      <ModelLink digest={edge.from} name={edge.fromName} />
    </>
  )
}

function ModelLink({ digest, name }: { readonly digest: string; readonly name: string }) {
  return (
    <Link
      to="/models/$digest"
      params={{ digest }}
      search={{ tab: 'lineage' }}
      className="text-accent underline underline-offset-2"
    >
      {name}
    </Link>
  )
}

function ModelCard({ data }: NodeProps<ModelNode>) {
  return (
    <div
      className={`flex h-14 w-52 items-center gap-2 rounded-md border bg-surface px-3 text-sm text-ink ${data.here ? 'border-2 border-ink' : 'border-strong-line'}`}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Icon name="box" />
      <div className="min-w-0">
        <Link
          to="/models/$digest"
          params={{ digest: data.digest }}
          search={{ tab: 'lineage' }}
          className="block truncate font-medium underline-offset-2 hover:underline"
        >
          {data.name}
        </Link>
        <code className="text-xs text-quiet">{shortDigest(data.digest)}</code>
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  )
}

function arrange(model: ModelDetail): { readonly nodes: ModelNode[]; readonly edges: Edge[] } {
  const graph = new graphlib.Graph()
    .setGraph({ rankdir: 'LR', nodesep: 24, ranksep: 72 })
    .setDefaultEdgeLabel(() => ({}))
  const names = new Map<string, string>([[model.digest, model.name]])
  for (const edge of model.lineage) {
    names.set(edge.from, edge.fromName)
    names.set(edge.to, edge.toName)
    graph.setEdge(edge.from, edge.to)
  }
  for (const digest of names.keys()) graph.setNode(digest, { ...NODE })
  layout(graph)
  const nodes = [...names].map(([digest, name]): ModelNode => {
    const place = graph.node(digest)
    return {
      id: digest,
      type: 'model',
      position: { x: place.x - NODE.width / 2, y: place.y - NODE.height / 2 },
      data: { name, digest, here: digest === model.digest },
      ...NODE,
    }
  })
  const edges = model.lineage.map((edge) => ({
    id: `${edge.from} ${edge.to}`,
    source: edge.from,
    target: edge.to,
    label: 'derived',
  }))
  return { nodes, edges }
}
