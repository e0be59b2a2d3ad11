import type { Digest } from '../../ground/domain/index.ts'
import type { FirewallBook, HeldRevision } from '../firewall/index.ts'
import type { Actor } from '../registry/index.ts'
import type { BundleModel } from './bundle-index.ts'
import type { HubEntry } from './hub-entry.ts'

/** Revisions of the firewall's book that are looked through for the names of models. */
const MAX_REVISIONS = 100_000
/** The branch that a client asks for when it names none. */
const MAIN = 'main'

/** Under which names the hub's firewall knows models. */
export function hubEntriesOf(
  book: Pick<FirewallBook, 'ref' | 'revisions'>,
): ReadonlyMap<Digest, readonly HubEntry[]> {
  const entries = new Map<Digest, HubEntry[]>()
  for (const held of book.revisions(MAX_REVISIONS)) {
    const { digest, state, repo, commit } = held
    const { kind } = repo
    // What came from registries and web servers has names of another kind, which nobody can resolve beyond the gap.
    if (digest === undefined || state !== 'searched' || !/^[0-9a-f]{40}$/.test(commit)) continue
    if (kind !== 'model' && kind !== 'dataset' && kind !== 'space') continue
    const isMain = book.ref(repo, MAIN)?.commit === commit
    const known = entries.get(digest) ?? []
    const files = held.files.map(({ sha256: _sha256, ...file }) => file)
    entries.set(digest, [
      ...known,
      { repo: { kind, id: repo.id }, commit, refs: isMain ? [MAIN] : [], files, facts: factsOf(held) },
    ])
  }
  return entries
}

function factsOf({ facts }: HeldRevision): HubEntry['facts'] {
  const { downloads: _downloads, etag: _etag, versionId: _version, ...rest } = facts
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
}

/** The firewall finds the revision in its book, searched, and asks policy as ever; what it knows already stays. */
export function noteHubEntry(
  book: Pick<FirewallBook, 'revision' | 'save' | 'setRef'>,
  it: { readonly entry: HubEntry; readonly model: BundleModel; readonly actor: Actor; readonly at: Date },
): void {
  const { entry, model, actor } = it
  const at = it.at.toISOString()
  const sha256s = new Map(model.files.map(({ name, sha256 }) => [name, sha256]))
  const known = book.revision(entry.repo, entry.commit)
  if (known?.state !== 'searched') {
    const files = entry.files.map((file) => {
      const sha256 = sha256s.get(file.path)
      return { ...file, ...(sha256 === undefined ? {} : { sha256 }) }
    })
    book.save({
      ...{ repo: entry.repo, commit: entry.commit, state: 'searched', files, facts: entry.facts },
      ...{ digest: model.digest, askedAt: at, changedAt: at, askedBy: actor.principalId },
      ...{ askedOwner: actor.owner, requestDigest: actor.requestDigest },
    })
  }
  for (const ref of entry.refs) book.setRef(entry.repo, ref, { commit: entry.commit, checkedAt: at })
}
