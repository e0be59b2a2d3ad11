export type { Artifacts, OpenArtifact } from './artifacts.ts'
export { createModelNames, type OpenModelNames } from './create-model-names.ts'
export type { NamesCaller } from './gates.ts'
export { DEFAULT_GUARDED, parseGuarded } from './guarded-names.ts'
export { createMirrors, type MirrorPeer } from './mirrors.ts'
export type { ModelNames, VersionAt } from './names-port.ts'
export { ownSources } from './own-sources.ts'
export type {
  BroughtFile,
  Delivery,
  Experiment,
  Fields,
  LoggedModel,
  Mirrored,
  MlflowPeer,
  NameBook,
  NamedModel,
  NamedVersion,
  NotedRun,
  NoteRequest,
  SourceReader,
  StoredArtifact,
  Tags,
  Webhook,
} from './ports.ts'
export type { NameQuery } from './search.ts'
