import { Link } from '@tanstack/react-router'
import type { LineageGraph } from '../../api/contract.ts'
import { shortDigest } from '../../parts/show.ts'
import { LINK_WORDS, type LineageLink, type LineagePoint, POINT_WORDS } from './lineage-words.ts'

/** The name of a point; of a model that is here a link to its own lineage. */
export function PointLink({ point }: { readonly point: LineagePoint }) {
  const text = point.name === point.id ? shortDigest(point.id) : point.name
  if (point.verdict === undefined) return <span>{text}</span>
  return (
    <Link
      to="/models/$digest"
      params={{ digest: point.id }}
      search={{ tab: 'lineage' }}
      className="underline underline-offset-2"
    >
      {text}
    </Link>
  )
}

/** Every link as a sentence: what the picture shows, for every reader. */
export function LineageList({ graph }: { readonly graph: Pick<LineageGraph, 'nodes' | 'links'> }) {
  const points = new Map(graph.nodes.map((point) => [point.id, point]))
  return (
    <ul aria-label="Lineage in words" className="flex flex-col gap-1 text-sm text-quiet">
      {graph.links.map((link) => (
        <li key={`${link.from} ${link.to} ${link.relation} ${link.claimed}`} className="break-words">
          <Sentence link={link} points={points} />
        </li>
      ))}
    </ul>
  )
}

function Sentence({
  link,
  points,
}: {
  readonly link: LineageLink
  readonly points: ReadonlyMap<string, LineagePoint>
}) {
  const words = LINK_WORDS[link.relation]
  const [one, other] = words.first === 'to' ? [link.to, link.from] : [link.from, link.to]
  return (
    <>
      <Named id={one} points={points} /> {words.verb} <Named id={other} points={points} />
      {link.claimed ? ' — claimed, proven by nobody' : ''}
      {link.statement === '' ? '' : <code className="ml-2 text-xs">{shortDigest(link.statement)}</code>}
    </>
  )
}

function Named({ id, points }: { readonly id: string; readonly points: ReadonlyMap<string, LineagePoint> }) {
  const point = points.get(id)
  if (point === undefined) return <code>{shortDigest(id)}</code>
  const [, word] = POINT_WORDS[point.kind]
  return (
    <>
      {point.kind === 'model' ? '' : `${word} `}
      <span className="text-ink">
        <PointLink point={point} />
      </span>
    </>
  )
}
