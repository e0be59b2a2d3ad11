import type { GgufView } from '../../formats/gguf/index.ts'
import type { SafetensorsView } from '../../formats/safetensors/index.ts'
import type { ZipView } from '../../formats/zip/index.ts'
import type { Severity, Verdict } from '../../ground/domain/index.ts'
import type { PickleFacts } from './pickle-facts.ts'
import type { BoosterSubject } from './subjects/booster-subject.ts'
import type { ConfigSubject } from './subjects/config-subject.ts'
import type { ContainerSubject } from './subjects/container-subject.ts'
import type { DocumentSubject } from './subjects/document-subject.ts'
import type { ForeignCodeSubject } from './subjects/foreign-code-subject.ts'
import type { GraphSubject } from './subjects/graph-subject.ts'
import type { Hdf5Subject } from './subjects/hdf5-subject.ts'
import type { KerasSubject } from './subjects/keras-subject.ts'
import type { MsgpackSubject } from './subjects/msgpack-subject.ts'
import type { NpySubject } from './subjects/npy-subject.ts'
import type {
  CompiledSubject,
  NotebookSubject,
  PythonSubject,
  RequirementsSubject,
  ShellSubject,
} from './subjects/python-subject.ts'
import type { RdataSubject } from './subjects/rdata-subject.ts'
import type { RepositorySubject } from './subjects/repository-subject.ts'
import type { SkopsSubject } from './subjects/skops-subject.ts'
import type { TemplateSubject } from './subjects/template-subject.ts'
import type { TensorflowSubject } from './subjects/tensorflow-subject.ts'
import type { TfliteSubject } from './subjects/tflite-subject.ts'
import type { Torch7Subject } from './subjects/torch7-subject.ts'
import type { TorchScriptSubject } from './subjects/torchscript-subject.ts'
import type { XmlSubject } from './subjects/xml-subject.ts'

/** What a rule may look at: one file or one member, as its format room sees it. */
export type Subject =
  | { readonly kind: 'pickle'; readonly facts: PickleFacts; readonly trailing: Trailing | undefined }
  | { readonly kind: 'zip'; readonly view: ZipView; readonly bombs: readonly Bomb[] }
  | { readonly kind: 'safetensors'; readonly view: SafetensorsView }
  | { readonly kind: 'gguf'; readonly view: GgufView }
  | TextSubject
  | ContainerSubject
  | ConfigSubject
  | TemplateSubject
  | DocumentSubject
  | PythonSubject
  | ShellSubject
  | NotebookSubject
  | CompiledSubject
  | RequirementsSubject
  | RepositorySubject
  | ForeignCodeSubject
  | Torch7Subject
  | BoosterSubject
  | MsgpackSubject
  | SkopsSubject
  | TorchScriptSubject
  | GraphSubject
  | XmlSubject
  | Hdf5Subject
  | KerasSubject
  | TensorflowSubject
  | TfliteSubject
  | RdataSubject
  | NpySubject

/** A text: a file, a member, or a value of metadata that was decoded. */
interface TextSubject {
  readonly kind: 'text'
  readonly format: TextFormat
  readonly text: string
  readonly name: string
  readonly isMetadata?: boolean
}

export type TextFormat = 'text' | 'json' | 'yaml' | 'python'

/** Bytes after the last STOP that are not understood. */
export interface Trailing {
  readonly offset: number
  readonly length: number
}

/** A member that inflates beyond a limit. */
export interface Bomb {
  readonly member: string
  readonly message: string
}

/** One case of a rule in one subject. `key` tells cases apart and makes the fingerprint. */
export interface Observation {
  readonly key: string
  readonly message: string
  readonly offset?: number
  readonly call?: string
  readonly context?: readonly string[]
  /** For a repository: the file that it is about. */
  readonly path?: string
}

/** A whole file: its name matters for some formats. `beside` are the other files of its repository. */
export interface Example {
  readonly name: string
  readonly bytes: Uint8Array
  readonly beside?: readonly Example[]
}

/** A rule for models. It carries its own proof: a contract test runs its examples through the whole assessor. */
export interface ModelRule {
  /** Stable, `format/what`. */
  readonly id: string
  readonly severity: Severity
  readonly verdict: Verdict
  readonly title: string
  /** Where the danger is described: a URL, an advisory or a paper. */
  readonly source: string
  /** `CWE-…`, `CVE-…`, and MITRE ATLAS technique ids. */
  readonly taxonomy: readonly string[]
  /** Why it matters, for a person who does not know the format. */
  readonly why: string
  readonly remedy: string
  readonly examples: { readonly fires: readonly Example[]; readonly silent: readonly Example[] }
  readonly check: (subject: Subject) => readonly Observation[]
}

/** An example from text, one character a byte. */
export function example(name: string, latin1: string): Example {
  return { name, bytes: Uint8Array.from(latin1, (char) => char.charCodeAt(0)) }
}
