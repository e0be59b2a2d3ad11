import type { Digest } from '../../ground/domain/index.ts'
import type { ClaimedBase, LineageGraph, LineagePoint } from '../../services/lineage/index.ts'
import type { LineageLink } from '../../services/registry/index.ts'
import { bold, dim, safe, shortDigest, showOutcome, showStage, showVerdict } from './format-text.ts'

/** Lines of one tree; what is longer is better read as a picture (`--dot`). */
const MAX_LINES = 400

/** How a point came to be there, read from it towards the start of the tree. */
const WORDS: Readonly<Record<LineageLink['relation'], readonly [up: string, down: string]>> = {
  input: ['read', 'read by'],
  'base-model': ['started from', 'start of'],
  output: ['made by', 'made'],
  source: ['pulled from', 'pulled as'],
  deployed: ['deployment of', 'deployed to'],
  'fine-tune': ['fine-tuned from', 'fine-tuned to'],
  quantisation: ['quantised from', 'quantised to'],
  merge: ['merged from', 'merged into'],
  adapter: ['adapter for', 'adapted by'],
  conversion: ['converted from', 'converted to'],
  'derived-from': ['derived from', 'base of'],
}

/** The lineage as two trees: what came before, and what came of it. Claims carry the word *claimed*. */
export function lineageLines(
  graph: LineageGraph,
  claims: readonly ClaimedBase[],
  way: 'up' | 'down' | 'both',
): readonly string[] {
  const points = new Map(graph.nodes.map((point) => [point.id, point]))
  const start = points.get(graph.start)
  if (start === undefined) return []
  const lines = [pointText(start)]
  const trees = [
    ...(way === 'down' ? [] : [['before it', 'up'] as const]),
    ...(way === 'up' ? [] : [['after it', 'down'] as const]),
  ]
  for (const [title, direction] of trees) {
    const tree: Tree = { graph, points, direction, shown: new Set([graph.start]), lines: [] }
    branches(tree, graph.start, '  ')
    lines.push(dim(title), ...(tree.lines.length === 0 ? ['  nothing is known'] : tree.lines))
  }
  if (claims.length > 0)
    lines.push(
      dim('claimed by its own files, proven by nobody'),
      ...claims.map(
        ({ name, relation, file }) => `  ${WORDS[relation][0]} ${safe(name)}  ${dim(safe(file))}`,
      ),
    )
  if (graph.isCut) lines.push(dim('  … there is more: ask with --depth, or from one of these'))
  return lines
}

interface Tree {
  readonly graph: LineageGraph
  readonly points: ReadonlyMap<Digest, LineagePoint>
  readonly direction: 'up' | 'down'
  readonly shown: Set<Digest>
  readonly lines: string[]
}

function branches(tree: Tree, id: Digest, indent: string): void {
  const links = tree.graph.links.filter((link) => (tree.direction === 'up' ? link.to : link.from) === id)
  for (const [i, link] of links.entries())
    if (tree.lines.length < MAX_LINES) branch(tree, link, { indent, isLast: i === links.length - 1 })
}

function branch(tree: Tree, link: LineageLink, place: { indent: string; isLast: boolean }): void {
  const [id, word] =
    tree.direction === 'up' ? [link.from, WORDS[link.relation][0]] : [link.to, WORDS[link.relation][1]]
  const point = tree.points.get(id)
  if (point === undefined) return
  const again = tree.shown.has(id)
  const mark = `${link.claimed ? ' (claimed)' : ''}${again ? dim(' (see above)') : ''}`
  tree.lines.push(`${place.indent}${place.isLast ? '└─' : '├─'} ${word} ${pointText(point)}${mark}`)
  if (again) return
  tree.shown.add(id)
  branches(tree, id, `${place.indent}${place.isLast ? '   ' : '│  '}`)
}

function pointText(point: LineagePoint): string {
  const { kind, name, id, verdict, stage, outcome } = point
  const facts = [
    ...(verdict === undefined ? [] : [showVerdict(verdict)]),
    ...(stage === undefined ? [] : [showStage(stage)]),
    ...(outcome === undefined ? [] : [showOutcome(outcome)]),
  ]
  const called = name === id ? '' : `${bold(safe(name))}  `
  return `${dim(SAY_KIND[kind])} ${called}${dim(shortDigest(id))}${facts.length === 0 ? '' : `  ${facts.join('  ')}`}`
}

const SAY_KIND: Readonly<Record<LineagePoint['kind'], string>> = {
  dataset: 'data set',
  run: 'run',
  model: 'model',
  'hub-model': 'hub model',
  deployment: 'deployment',
}

const SHAPES: Readonly<Record<LineagePoint['kind'], string>> = {
  dataset: 'cylinder',
  run: 'cds',
  model: 'box',
  'hub-model': 'box',
  deployment: 'house',
}

/** The lineage in Graphviz's language (graphviz.org/doc/info/lang.html), claims dashed. */
export function lineageDot(graph: LineageGraph): string {
  const name = (id: Digest) => JSON.stringify(id)
  return [
    'digraph lineage {',
    '  rankdir=LR;',
    ...graph.nodes.map((point) => {
      const label = [point.name === point.id ? '' : point.name, shortDigest(point.id), point.verdict ?? '']
      const style = point.claimed || point.kind === 'hub-model' ? ', style=dashed' : ''
      return `  ${name(point.id)} [shape=${SHAPES[point.kind]}, label=${dotText(label.filter((part) => part !== ''))}${style}];`
    }),
    ...graph.links.map(
      ({ from, to, relation, claimed }) =>
        `  ${name(from)} -> ${name(to)} [label="${relation}"${claimed ? ', style=dashed' : ''}];`,
    ),
    '}',
  ].join('\n')
}

/** A label of several lines; quotes and backslashes of hostile names stay letters. */
function dotText(lines: readonly string[]): string {
  return `"${lines.map((line) => safe(line).replaceAll(/["\\]/g, '\\$&')).join('\\n')}"`
}
