import { type ArtifactDeps, type Artifacts, createArtifacts } from './artifacts.ts'
import { createGates } from './gates.ts'
import { createGuard, type Guard } from './guard.ts'
import { createLoggedModels, type LoggedModels } from './logged-models.ts'
import { createMirrors, type MirrorPeer, type Mirrors } from './mirrors.ts'
import { namedAliases } from './named-aliases.ts'
import { namedModels } from './named-models.ts'
import { namedVersions } from './named-versions.ts'
import type { ModelNames } from './names-port.ts'
import type { MlflowPeer } from './ports.ts'
import { createRegistrar } from './registrar.ts'
import { createTracking, type Tracking } from './tracking.ts'
import { createWebhooks, type WebhookDeps, type Webhooks } from './webhooks.ts'

/** A registry of names that stands alone. */
export interface OpenModelNames {
  readonly names: ModelNames
  readonly artifacts: Artifacts
  readonly tracking: Tracking
  readonly logged: LoggedModels
  readonly webhooks: Webhooks
  /** Present when the names stand in an MLflow server behind. */
  readonly guard?: Guard
  /** Other registries that follow. */
  readonly mirrors: Mirrors
  /** Goes on with what the last process left unfinished. */
  resume(): void
  close(): Promise<void>
}

/** Puts the registry of names together. Nothing runs before {@link OpenModelNames.resume} or a client's question. */
export function createModelNames(
  deps: ArtifactDeps &
    Pick<WebhookDeps, 'post'> & { readonly peer?: MlflowPeer; readonly mirrors?: readonly MirrorPeer[] },
): OpenModelNames {
  const gates = createGates(deps)
  const webhooks = createWebhooks(deps)
  const registrar = createRegistrar(deps)
  const mirrors = createMirrors({ ...deps, judge: gates.judge, peers: deps.mirrors ?? [] })
  const room = { deps, gates, registrar, emit: webhooks.emit }
  return {
    names: {
      ...namedModels(deps, gates, webhooks.emit),
      ...namedVersions(room),
      ...namedAliases(room),
    },
    artifacts: createArtifacts(deps, gates),
    tracking: createTracking(deps),
    logged: createLoggedModels(deps),
    webhooks,
    ...(deps.peer === undefined ? {} : { guard: createGuard({ deps, gates, registrar, peer: deps.peer }) }),
    mirrors,
    resume: () => {
      mirrors.start()
      registrar.resume()
      webhooks.start()
    },
    close: async () => {
      await mirrors.close()
      await registrar.close()
      await webhooks.close()
    },
  }
}
