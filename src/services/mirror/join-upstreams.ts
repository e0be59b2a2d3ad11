import { SallyportError } from '../../ground/lang/index.ts'
import type { HubUpstream, RepoAddress } from '../firewall/index.ts'

/**
 * Several sources behind one firewall: the first part of a repository's name says which, the rest is its name there.
 * @param label for people: what kind of sources these are
 */
export function joinUpstreams(label: string, sources: ReadonlyMap<string, HubUpstream>): HubUpstream {
  const at = (repo: RepoAddress): { source: HubUpstream; repo: RepoAddress } => {
    const [name = '', ...rest] = repo.id.split('/')
    const source = sources.get(name)
    if (source === undefined) {
      const known = sources.size === 0 ? 'none is set' : `known are ${[...sources.keys()].join(', ')}`
      throw new SallyportError('NOT_FOUND', `"${name.slice(0, 80)}" is no source of this server; ${known}`)
    }
    return { source, repo: { ...repo, id: rest.join('/') } }
  }
  return {
    label,
    commitOf: async (repo, revision, signal) => {
      const found = at(repo)
      return found.source.commitOf(found.repo, revision, signal)
    },
    revision: async (repo, commit, signal) => {
      const found = at(repo)
      return found.source.revision(found.repo, commit, signal)
    },
    refs: async (repo, signal) => {
      const found = at(repo)
      return found.source.refs(found.repo, signal)
    },
    download: async (repo, commit, file, signal) => {
      const found = at(repo)
      return found.source.download(found.repo, commit, file, signal)
    },
  }
}
