import type { NamesCaller } from './gates.ts'
import type { NamedModel, NamedVersion, Tags } from './ports.ts'
import type { NamePage, NameQuery } from './search.ts'

/** A new version as a client asks for it. */
export interface NewVersion {
  readonly name: string
  readonly source: string
  readonly runId?: string
  readonly runLink?: string
  readonly modelId?: string
  readonly description?: string
  readonly tags?: Tags
}

/** Registered names, their versions, stages and aliases: MLflow's model registry over digests and decisions. */
export interface ModelNames {
  createModel(draft: { name: string; description?: string; tags?: Tags }, caller: NamesCaller): NamedModel
  model(name: string): NamedModel
  renameModel(from: string, to: string, caller: NamesCaller): NamedModel
  updateModel(name: string, description: string): NamedModel
  deleteModel(name: string): void
  searchModels(query: NameQuery): NamePage<NamedModel>
  setModelTag(name: string, key: string, value: string): void
  deleteModelTag(name: string, key: string): void
  /** The highest ready version in each stage. */
  latestVersions(name: string, stages: readonly string[]): readonly NamedVersion[]
  /** Takes the version down and brings its bytes in; answers when they are judged, or after a while. */
  createVersion(draft: NewVersion, caller: NamesCaller): Promise<NamedVersion>
  /** As it stands now: judged anew when its bytes are known. */
  version(name: string, version: number): Promise<NamedVersion>
  updateVersion(name: string, version: number, description: string): NamedVersion
  deleteVersion(name: string, version: number): void
  searchVersions(query: NameQuery): NamePage<NamedVersion>
  setVersionTag(at: VersionAt, tag: readonly [string, string], caller: NamesCaller): void
  deleteVersionTag(at: VersionAt, key: string, caller: NamesCaller): void
  transition(at: VersionAt, stage: string, archive: boolean, caller: NamesCaller): Promise<NamedVersion>
  setAlias(at: VersionAt, alias: string, caller: NamesCaller): Promise<void>
  deleteAlias(name: string, alias: string, caller: NamesCaller): void
  versionByAlias(name: string, alias: string, caller: NamesCaller): Promise<NamedVersion>
  /** Where the bytes of a version are read, when they may be. */
  downloadUri(at: VersionAt, caller: NamesCaller): Promise<string>
  aliasesOf(version: NamedVersion): readonly string[]
}

export interface VersionAt {
  readonly name: string
  readonly version: number
}
