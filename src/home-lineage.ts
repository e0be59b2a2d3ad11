import { openFileSource } from './adapters/files/index.ts'
import type { LineageDoor } from './faces/cli/index.ts'
import type { LineageReader } from './faces/http/index.ts'
import { type Digest, makeManifest } from './ground/domain/index.ts'
import {
  claimedBases,
  deriveModel,
  type LineageDeps,
  type ModelFiles,
  receiveEvent,
  walkLineage,
} from './services/lineage/index.ts'
import type { BlobStore, EvidenceDesk, View } from './services/registry/index.ts'
import { predicateOf } from './trust/evidence/index.ts'

// What reads and seals lineage. home.ts loads it late.
const TENANT = 'default'

/** Parts of an open home on which lineage stands. */
export interface LineageParts {
  readonly registry: { readonly desk: EvidenceDesk }
  readonly view: View
  readonly blobs: Pick<BlobStore, 'readAll' | 'pathOf'>
}

/** Files of the models of an open home. */
export function modelFiles({ registry, view, blobs }: LineageParts): ModelFiles {
  return {
    manifest: async (model: Digest) => {
      if (view.model(model) === undefined) return undefined
      const found = (await registry.desk.statements(model)).findLast(
        ({ verified }) => verified.name === 'quarantine',
      )
      const quarantine = found === undefined ? undefined : predicateOf(found.verified, 'quarantine')
      if (quarantine === undefined) return undefined
      const manifest = makeManifest(quarantine.files)
      return manifest.ok ? { manifest: manifest.value, name: quarantine.name } : undefined
    },
    read: (sha256, maxBytes) => blobs.readAll(sha256, maxBytes),
    open: (sha256) => openFileSource(blobs.pathOf(sha256)),
  }
}

/** What the lineage of an open home stands on. */
export function lineageDeps(parts: LineageParts): LineageDeps {
  return {
    view: parts.view,
    desk: parts.registry.desk,
    files: modelFiles(parts),
    tenant: TENANT,
    now: () => new Date(),
  }
}

/** The lineage of an open home, as the command line asks for it. */
export function openLineage(parts: LineageParts): LineageDoor & LineageReader {
  const deps = lineageDeps(parts)
  return {
    graph: async (start, query) => walkLineage(deps, start, query),
    claims: (model) => claimedBases(deps, model),
    derive: (request, actor) => deriveModel(deps, request, actor),
    receive: (event, actor) => receiveEvent(deps, event, actor),
  }
}
