import { writeLogFolder } from './adapters/ledger-files/index.ts'
import type { Home } from './faces/cli/index.ts'
import { openKeyring } from './home-keys.ts'
import type { Parts } from './home-parts.ts'
import { projectLedger } from './services/registry/index.ts'
import type { Settings } from './services/settings/index.ts'
import { ledgerDoor } from './trust/ledger/index.ts'

/** What there may be but once in a process that holds a home: a server has its own. */
type Own = Pick<Home, 'registry' | 'review' | 'conversion' | 'standings' | 'close'>

/** A home as the command line knows it, over what stands in it. Late doors open when they are asked for. */
export function homeOf(settings: Settings, parts: Parts, own: Own): Home {
  const { ledger, view, trusted, keys, people, beliefs } = parts
  return {
    folder: settings.home,
    ...own,
    log: ledgerDoor(ledger, parts.store, writeLogFolder),
    boms: async () => (await import('./home-bom.ts')).openBoms(parts),
    lineage: async () => (await import('./home-lineage.ts')).openLineage(parts),
    subjects: async () => (await import('./home-subjects.ts')).openSubjects(parts),
    comparison: async () => (await import('./home-compare.ts')).openComparison(parts),
    bundles: async () => (await import('./home-bundle.ts')).openBundles(settings, parts),
    evidence: async () => (await import('./home-dependencies.ts')).openEvidence(parts),
    actor: (request) => people.actor(settings.token, request),
    rebuild: (onProgress) => {
      view.reset()
      return projectLedger({ ledger, view, trusted, loggedAt: beliefs.loggedAt }, onProgress)
    },
    keys: async () => keys.listPublicKeys(),
    keyring: openKeyring(parts),
    people: () => people.list(),
    recordSignature: async (digest, signature) =>
      (await import('./home-oms.ts')).sealSignature(parts.registry.desk, digest, signature),
    addPerson: (person) => people.add(settings.token, person),
  }
}
