import { type Digest, digestOfJson } from './digest.ts'

/** The identity of a run, by the id that its tool gave it; the same for a run that was recorded here and one that was told of. */
export function runNodeId(tenant: string, id: string): Digest {
  return digestOfJson({ kind: 'training-run', tenant, id })
}

/** The identity of a model that only a hub has. Without a revision it is whatever the hub gives out under that name. */
export function hubModelId(repo: string, revision?: string): Digest {
  return digestOfJson({ kind: 'hub-model', repo, ...(revision === undefined ? {} : { revision }) })
}
