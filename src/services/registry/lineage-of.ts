import {
  type Digest,
  digestOfJson,
  hubModelId,
  type ResourceDescriptor,
  runNodeId,
} from '../../ground/domain/index.ts'
import {
  type ClaimedDataset,
  predicateOf,
  subjectsOf,
  tenantOf,
  type Verified,
} from '../../trust/evidence/index.ts'
import type { LineageChange, LineageKind, LineageLink, LineageNode } from './lineage-port.ts'
import type { View } from './ports.ts'

/** Links of one statement. A run with more inputs names them in a manifest. */
const MAX_LINKS = 500
/** Ancestors looked at before a link is taken in; a longer lineage is refused, for it might be a circle. */
const MAX_ANCESTORS = 10_000

type Look = Pick<View, 'model' | 'node' | 'links'>

/**
 * What a statement says about lineage: derivations between models, inputs and outputs of runs, deployments. Proven links
 * that would close a circle are left out; the statement stays in the ledger and in the timeline.
 */
export function lineageOf(verified: Verified, look: Look): LineageChange | undefined {
  const said =
    derivationOf(verified) ??
    runOf(verified, look) ??
    deploymentOf(verified) ??
    sourceOf(verified) ??
    pulledOf(verified) ??
    eventOf(verified)
  if (said === undefined) return undefined
  const at = verified.at === undefined ? '' : new Date(verified.at).toISOString()
  const links = said.links
    .filter(({ from, to }) => from !== to)
    .slice(0, MAX_LINKS)
    .filter((link) => link.claimed || !isCircle(look, link.from, link.to))
    .map((link) => ({ ...link, statement: verified.digest, at }))
  return { nodes: said.nodes.slice(0, 2 * MAX_LINKS), links }
}

interface Said {
  readonly nodes: readonly LineageNode[]
  readonly links: readonly Omit<LineageLink, 'statement' | 'at'>[]
}

function derivationOf(verified: Verified): Said | undefined {
  const derivation = predicateOf(verified, 'derivation')
  const [to] = subjectsOf(verified)
  if (derivation === undefined || to === undefined) return undefined
  const parents = [derivation.from, ...(derivation.others ?? [])]
  const { relation } = derivation
  return {
    nodes: [
      nodeOf(to, 'model', verified.statement.subject[0]?.name),
      ...parents.map(({ digest, name, uri }) =>
        nodeOf(digest, uri === undefined ? 'model' : 'hub-model', name),
      ),
    ],
    links: parents.map(({ digest }) => ({ from: digest, to, relation, claimed: false })),
  }
}

function runOf(verified: Verified, look: Look): Said | undefined {
  const provenance = predicateOf(verified, 'slsa-provenance')
  if (provenance === undefined) return undefined
  const id = provenance.runDetails.metadata?.invocationId
  const tenant = tenantOf(verified)
  const own = verified.statement.subject.find(({ annotations }) => annotations?.kind === 'run')
  const run = isHash(own?.digest?.sha256)
    ? digestOf(own.digest.sha256)
    : runNodeId(tenant, id ?? verified.digest)
  const name = provenance.buildDefinition.externalParameters.name
  const inputs = (provenance.buildDefinition.resolvedDependencies ?? []).flatMap((material) => {
    const input = inputOf(material, look)
    return input === undefined ? [] : [input]
  })
  const products = verified.statement.subject.flatMap(({ digest, name: called, annotations }) =>
    isHash(digest?.sha256) && annotations?.kind === undefined
      ? [nodeOf(digestOf(digest.sha256), 'model', called)]
      : [],
  )
  return {
    nodes: [
      nodeOf(run, 'run', typeof name === 'string' ? name : id === undefined ? 'run' : `run ${id}`),
      ...inputs,
      ...products,
    ],
    links: [
      ...inputs.map((input) => ({
        from: input.id,
        to: run,
        relation: input.kind === 'dataset' ? ('input' as const) : ('base-model' as const),
        claimed: false,
      })),
      ...products.map((product) => ({
        from: run,
        to: product.id,
        relation: 'output' as const,
        claimed: false,
      })),
    ],
  }
}

/** A data set or a model among the materials; code, packages and images are no part of the lineage. */
function inputOf(
  { name, uri, digest, annotations }: ResourceDescriptor,
  look: Look,
): LineageNode | undefined {
  if (!isHash(digest?.sha256)) return undefined
  const id = digestOf(digest.sha256)
  const word = annotations?.kind ?? annotations?.role
  if (word === 'dataset') return nodeOf(id, 'dataset', name ?? uri)
  const isModel = word === 'base-model' || word === 'model' || look.model(id) !== undefined
  if (isModel) return nodeOf(id, 'model', name ?? uri)
  return look.node(id)?.kind === 'dataset' ? nodeOf(id, 'dataset', name ?? uri) : undefined
}

function deploymentOf(verified: Verified): Said | undefined {
  const receipt = predicateOf(verified, 'deployment-receipt')
  const [from] = subjectsOf(verified)
  if (receipt === undefined || from === undefined) return undefined
  const { stage, target } = receipt
  const tenant = tenantOf(verified)
  const id = digestOfJson({ kind: 'deployment', tenant, stage, ...(target === undefined ? {} : { target }) })
  return {
    nodes: [
      nodeOf(from, 'model', verified.statement.subject[0]?.name),
      nodeOf(id, 'deployment', target === undefined ? stage : `${target} (${stage})`),
    ],
    links: [{ from, to: id, relation: 'deployed', claimed: false }],
  }
}

function sourceOf(verified: Verified): Said | undefined {
  const source = predicateOf(verified, 'hub-source')
  const [to] = subjectsOf(verified)
  if (source === undefined || to === undefined) return undefined
  if (source.repoKind !== 'model')
    return { nodes: [nodeOf(to, 'dataset', verified.statement.subject[0]?.name)], links: [] }
  const from = hubModelId(source.repo, source.commit)
  return {
    nodes: [
      nodeOf(from, 'hub-model', `${source.repo}@${source.commit.slice(0, 12)}`),
      nodeOf(to, 'model', verified.statement.subject[0]?.name),
    ],
    links: [{ from, to, relation: 'source', claimed: false }],
  }
}

/** What a registry, a server or a bucket gave is drawn as what a hub gave: a model that is not here, by name and version. */
function pulledOf(verified: Verified): Said | undefined {
  const source = predicateOf(verified, 'pull-source')
  const [to] = subjectsOf(verified)
  if (source === undefined || to === undefined) return undefined
  const place = `${source.origin}/${source.name}`
  const from = hubModelId(place, source.version)
  return {
    nodes: [
      nodeOf(from, 'hub-model', `${place}@${source.version.slice(0, 12)}`),
      nodeOf(to, 'model', verified.statement.subject[0]?.name),
    ],
    links: [{ from, to, relation: 'source', claimed: false }],
  }
}

function eventOf(verified: Verified): Said | undefined {
  const event = predicateOf(verified, 'lineage-event')
  if (event === undefined) return undefined
  const run = runNodeId(tenantOf(verified), event.runId)
  const inputs = event.inputs.map((dataset) => claimedNode(dataset))
  const outputs = event.outputs.map((dataset) => claimedNode(dataset))
  return {
    nodes: [
      { id: run, kind: 'run', name: `${event.job.namespace}/${event.job.name}`, claimed: true },
      ...inputs,
      ...outputs,
    ],
    links: [
      ...inputs.map(({ id }) => ({ from: id, to: run, relation: 'input' as const, claimed: true })),
      ...outputs.map(({ id }) => ({ from: run, to: id, relation: 'output' as const, claimed: true })),
    ],
  }
}

function claimedNode({ namespace, name, digest }: ClaimedDataset): LineageNode {
  const id = digest ?? digestOfJson({ kind: 'dataset', namespace, name })
  return { id, kind: 'dataset', name: `${namespace}/${name}`, claimed: true }
}

function nodeOf(id: Digest, kind: LineageKind, name: string | undefined): LineageNode {
  return { id, kind, name: name ?? id, claimed: false }
}

function digestOf(hex: string): Digest {
  return `sha256:${hex}` as Digest
}

function isHash(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text)
}

/** Whether `to` is already before `from`, by proven links; claims cannot keep a proven link out. */
function isCircle(look: Look, from: Digest, to: Digest): boolean {
  const seen = new Set<Digest>([from])
  const todo = [from]
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (at === to || seen.size > MAX_ANCESTORS) return true
    for (const link of look.links(at, 'up')) {
      if (link.claimed || seen.has(link.from)) continue
      seen.add(link.from)
      todo.push(link.from)
    }
  }
  return false
}
