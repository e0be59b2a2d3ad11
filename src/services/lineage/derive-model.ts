import { type Digest, hubModelId } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { DerivationParent, DerivationPredicate } from '../../trust/evidence/index.ts'
import type { Actor } from '../registry/index.ts'
import type { LineageDeps } from './ports.ts'

/** A parent that a person names: a model here, or one that only a hub has. */
export type NamedParent =
  | { readonly kind: 'model'; readonly digest: Digest; readonly weight?: number }
  | { readonly kind: 'hub'; readonly repo: string; readonly revision?: string; readonly weight?: number }

/** What a person says of how a model was made. */
export interface DeriveRequest
  extends Pick<DerivationPredicate, 'relation' | 'tool' | 'parameters' | 'note'> {
  readonly child: Digest
  readonly parents: readonly NamedParent[]
}

/**
 * Seals that a model was made from others. A person's word, sealed as evidence with their id: policy says what it is worth.
 * @returns the statement's digest
 * @throws SallyportError `NOT_FOUND`, `BAD_INPUT` for parents that do not fit the relation, `CONFLICT` for a circle or for
 * what is sealed already
 */
export async function deriveModel(deps: LineageDeps, request: DeriveRequest, actor: Actor): Promise<Digest> {
  const subject = await deps.desk.subject(request.child)
  const parents = request.parents.map((parent) => parentOf(deps, parent))
  const [from, ...others] = parents
  if (from === undefined) throw new SallyportError('BAD_INPUT', 'a derivation names at least one parent')
  if (others.length > 0 && request.relation !== 'merge' && request.relation !== 'derived-from')
    throw new SallyportError(
      'BAD_INPUT',
      `a ${request.relation} has one parent; several make a merge (--relation merge)`,
    )
  for (const { digest, name } of parents) {
    if (digest === request.child) throw new SallyportError('BAD_INPUT', 'a model cannot be made from itself')
    if (isBefore(deps, request.child, digest))
      throw new SallyportError(
        'CONFLICT',
        `${name} was itself made from this model: a lineage has no circles`,
      )
  }
  const known = deps.view.links(request.child, 'up').filter(({ claimed }) => !claimed)
  if (parents.every(({ digest }) => known.some((link) => isSame(link, digest, request.relation))))
    throw new SallyportError('CONFLICT', 'this derivation is sealed already')
  const { relation, tool, parameters, note } = request
  return deps.desk.attest({
    name: 'derivation',
    subjects: [subject],
    predicate: {
      at: deps.now().toISOString(),
      relation,
      from,
      ...(others.length === 0 ? {} : { others }),
      ...(tool === undefined ? {} : { tool }),
      ...(parameters === undefined ? {} : { parameters }),
      ...(note === undefined ? {} : { note }),
      principalId: actor.principalId,
    },
  })
}

function isSame(link: { from: Digest; relation: string }, digest: Digest, relation: string): boolean {
  return link.from === digest && link.relation === relation
}

function parentOf(deps: LineageDeps, parent: NamedParent): DerivationParent {
  const weight = parent.weight === undefined ? {} : { weight: parent.weight }
  if (parent.kind === 'model') {
    const model = deps.view.model(parent.digest)
    if (model === undefined)
      throw new SallyportError('NOT_FOUND', `no model ${parent.digest} to derive from; import it first`)
    return { name: model.name, digest: parent.digest, ...weight }
  }
  const { repo, revision } = parent
  const path = revision === undefined ? '' : `/tree/${encodeURIComponent(revision)}`
  return {
    name: revision === undefined ? repo : `${repo}@${revision}`,
    digest: hubModelId(repo, revision),
    uri: `https://huggingface.co/${repo}${path}`,
    ...weight,
  }
}

/** Points looked at before a derivation; a longer lineage is refused, for it might be a circle. */
const MAX_SEEN = 10_000

/** Whether `first` came before `id`, by proven links. */
function isBefore({ view }: LineageDeps, first: Digest, id: Digest): boolean {
  const seen = new Set<Digest>([id])
  const todo = [id]
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (at === first || seen.size > MAX_SEEN) return true
    for (const { from, claimed } of view.links(at, 'up')) {
      if (claimed || seen.has(from)) continue
      seen.add(from)
      todo.push(from)
    }
  }
  return false
}
