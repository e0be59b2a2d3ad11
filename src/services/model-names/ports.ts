import type { Decision, Digest, GatedStage } from '../../ground/domain/index.ts'
import type { Actor, BlobStore, Registry } from '../registry/index.ts'

/** Stages as MLflow writes them; the first is that of a version nobody moved. */
export const MLFLOW_STAGES = ['None', 'Staging', 'Production', 'Archived'] as const
export type MlflowStage = (typeof MLFLOW_STAGES)[number]

export type Tags = Readonly<Record<string, string>>

/** A name under which versions stand. Times are milliseconds since 1970, as MLflow's clients read them. */
export interface NamedModel {
  readonly name: string
  readonly createdMs: number
  readonly updatedMs: number
  readonly userId: string
  readonly description?: string
  readonly tags: Tags
  /** Version by alias. */
  readonly aliases: Readonly<Record<string, number>>
  /** Numbers are never given twice: after a deletion the same number would mean other bytes. */
  readonly nextVersion: number
}

/** How far a version has come: its bytes on their way in, known by their digest, or refused for good. */
export type VersionState = 'pending' | 'registered' | 'failed'

/** A version of a name, and the bytes it stands for. */
export interface NamedVersion {
  readonly name: string
  readonly version: number
  readonly createdMs: number
  readonly updatedMs: number
  readonly userId: string
  readonly stage: MlflowStage
  readonly description?: string
  /** As the client wrote it. */
  readonly source: string
  readonly runId?: string
  readonly runLink?: string
  readonly modelId?: string
  readonly state: VersionState
  /** Why it failed, or why the policy does not allow it. */
  readonly problem?: string
  readonly digest?: Digest
  readonly tags: Tags
  /** Who asked for it: work that a crash cut off goes on in their name. */
  readonly asker: Actor
}

export interface Experiment {
  readonly id: string
  readonly name: string
  readonly createdMs: number
  readonly tags: Tags
}

/** A run as far as registering from it needs one: who, when, with what parameters, numbers and tags. */
export interface NotedRun {
  readonly id: string
  readonly experimentId: string
  readonly name: string
  readonly userId: string
  readonly status: string
  readonly startMs: number
  readonly endMs?: number
  readonly params: Tags
  readonly tags: Tags
  /** The newest value of each metric. */
  readonly metrics: Readonly<Record<string, RunMetric>>
}
export interface RunMetric {
  readonly value: number
  readonly timestamp: number
  readonly step: number
}

/** A model that a client logged, with artifacts of its own (MLflow 3). */
export interface LoggedModel {
  readonly id: string
  readonly experimentId: string
  readonly name: string
  readonly createdMs: number
  readonly updatedMs: number
  readonly userId: string
  readonly status: string
  readonly modelType: string
  readonly runId?: string
  readonly params: Tags
  readonly tags: Tags
}

/** A file that a client uploaded; its bytes stand in the blob store. */
export interface StoredArtifact {
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly sha256: string
  readonly principalId: string
}

/** A file or folder right beneath a path. */
export interface ArtifactEntry {
  readonly path: string
  readonly isFolder: boolean
  readonly size?: number
}

export interface Webhook {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly url: string
  readonly secret?: string
  /** `model_version.created` and the like. */
  readonly events: readonly string[]
  readonly isActive: boolean
  readonly createdMs: number
  readonly updatedMs: number
}

/** A delivery that waits to be made; the same id on every attempt. */
export interface Delivery {
  readonly id: string
  readonly webhookId: string
  readonly body: string
  readonly attempts: number
  readonly dueMs: number
}

/** What a place elsewhere was told last about a version. */
export interface Mirrored {
  /** The place, with the kind of registry before it. */
  readonly target: string
  readonly told: string
}

/** What is kept under names. An ordinary store; every write is durable when it returns. */
export interface NameBook {
  /** Runs a deed whole or not at all. */
  together<T>(deed: () => T): T
  model(name: string): NamedModel | undefined
  saveModel(model: NamedModel): void
  /** With all versions. */
  renameModel(from: string, to: string): void
  /** With all versions. */
  deleteModel(name: string): void
  models(): readonly NamedModel[]
  version(name: string, version: number): NamedVersion | undefined
  saveVersion(version: NamedVersion): void
  deleteVersion(name: string, version: number): void
  /** Of one name, or of all; the highest first. */
  versions(name?: string): readonly NamedVersion[]
  /** Whose bytes are still on their way. */
  pending(): readonly NamedVersion[]
  experiment(by: { readonly id: string } | { readonly name: string }): Experiment | undefined
  experiments(): readonly Experiment[]
  saveExperiment(experiment: Experiment): void
  run(id: string): NotedRun | undefined
  runs(experimentId: string): readonly NotedRun[]
  saveRun(run: NotedRun): void
  logged(id: string): LoggedModel | undefined
  loggedOf(experimentId: string): readonly LoggedModel[]
  saveLogged(model: LoggedModel): void
  artifact(path: string): StoredArtifact | undefined
  saveArtifact(artifact: StoredArtifact): void
  /** Every file beneath a folder. */
  artifactsUnder(folder: string): readonly StoredArtifact[]
  deleteArtifactsUnder(path: string): void
  webhook(id: string): Webhook | undefined
  webhooks(): readonly Webhook[]
  saveWebhook(webhook: Webhook): void
  /** With what waits for it. */
  deleteWebhook(id: string): void
  saveDelivery(delivery: Delivery): void
  deleteDelivery(id: string): void
  /** Those that are due, the oldest first. */
  dueDeliveries(nowMs: number, limit: number): readonly Delivery[]
  mirrored(target: string): Mirrored | undefined
  saveMirrored(mirrored: Mirrored): void
  /** When the next is due. */
  nextDeliveryMs(): number | undefined
}

/** A file of a source that was brought into the blob store. */
export interface BroughtFile {
  readonly name: string
  readonly size: number
  readonly sha256: string
}

/** Where bytes of sources come from. */
export interface SourceReader {
  /**
   * Brings every file beneath a path of the artifact store into the blob store, names relative to the path.
   * @throws SallyportError `NOT_FOUND`, `TOO_LARGE`, `PEER_FAILED`
   */
  artifacts(path: string, signal: AbortSignal): Promise<readonly BroughtFile[]>
  /** The place of a run's artifacts in that store. @throws SallyportError `NOT_FOUND` */
  placeOfRun(runId: string, signal: AbortSignal): Promise<string>
  /** The place of a logged model's artifacts. @throws SallyportError `NOT_FOUND`, `NOT_SUPPORTED` */
  placeOfLoggedModel(modelId: string, signal: AbortSignal): Promise<string>
  /** One file from an address on the web that was named in the settings. @throws SallyportError `FORBIDDEN`, `PEER_FAILED` */
  web(url: string, signal: AbortSignal): Promise<BroughtFile>
}

/** Fields of a request or an answer of MLflow's API. */
export type Fields = Readonly<Record<string, unknown>>

/** An MLflow server behind the guard. */
export interface MlflowPeer {
  /**
   * One call of its API, by method and path of the protos.
   * @throws SallyportError `PEER_FAILED`; with `detail.status` and `detail.errorCode` when it refused
   */
  call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, fields: Fields): Promise<Fields>
}

/** What the registry of models offers. */
export interface NamesRegistry
  extends Pick<Registry, 'assess' | 'decide' | 'promote' | 'get' | 'importModel'> {
  importStored(
    request: { readonly name: string; readonly label: string; readonly entries: readonly BroughtFile[] },
    actor: Actor,
  ): Promise<Digest>
  /** How many statements count already: a decision made before the last one may be out of date. */
  ledgerSize(): number
}

/** Takes note that somebody asked for what the policy does not allow, for the review queue. */
export type NoteRequest = (request: {
  readonly digest: Digest
  readonly stage: GatedStage
  readonly door: 'mlflow'
  readonly principalId: string
  readonly owner: string
  readonly source?: string
  readonly decision: Decision
}) => void | Promise<void>

/** Everything that names stand on. */
export interface NamesDeps {
  readonly book: NameBook
  readonly registry: NamesRegistry
  readonly blobs: Pick<BlobStore, 'pathOf' | 'has'>
  readonly sources: SourceReader
  /** Aliases and stages that want a decision: lower-case name to gated stage. */
  readonly guarded: ReadonlyMap<string, GatedStage>
  /** Real absolute folders beneath which a source may lie. */
  readonly roots: readonly string[]
  readonly realPath: (path: string) => Promise<string>
  readonly now: () => Date
  readonly newId: () => string
  /** Page of a model, for whoever was refused. */
  readonly reviewUrl: (digest: Digest) => string
  readonly noteRequest?: NoteRequest
  /** Takes note of a bug met while nobody waits. */
  readonly report: (bug: unknown) => void
}
