import type { Digest, Verdict } from '../../ground/domain/index.ts'
import type { ModelComparison } from '../../services/compare/index.ts'
import type { ModelConversion } from '../../services/convert/index.ts'
import type { Actor, Registry } from '../../services/registry/index.ts'
import type { RuleFacts, RulePage } from '../../services/reports/index.ts'
import type { ScanProgress, ScanReport } from '../../services/scan/index.ts'
import type { BomDoor, PathBomDoor } from './doors/bom.ts'
import type { BundleDoor } from './doors/bundle.ts'
import type { DependencyDoor, EvidenceDoor } from './doors/dependencies.ts'
import type { GuardDoor, StandingsDoor } from './doors/guard-load.ts'
import type { HubDoor } from './doors/hub.ts'
import type { KeyFilesDoor, KeyringDoor } from './doors/keys.ts'
import type { LineageDoor } from './doors/lineage.ts'
import type { ReviewDoor } from './doors/review.ts'
import type { SignatureOutput, SigningDoor } from './doors/signing.ts'
import type { SigstoreDoor } from './doors/sigstore.ts'
import type { SubjectsDoor } from './doors/subjects.ts'
import type { TrainingDoor } from './doors/training.ts'
import type { WeightsDoor } from './doors/weights.ts'

/** How to scan. */
export interface ScanSettings {
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly timeoutMs?: number
  readonly jobs?: number
  /** Answers about large files that stood still since may be taken from the cache. */
  readonly keepAnswers?: boolean
  readonly withHashes?: boolean
  readonly suppressions?: { readonly file: string; readonly text: string }
  readonly baseline?: { readonly file: string; readonly text: string }
  readonly onProgress?: (progress: ScanProgress) => void
}

/** One thing that `doctor` looked at. */
export interface DoctorCheck {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'failed'
  readonly message: string
  readonly nextStep?: string
}

/** What a check of the whole log came to. */
export interface FsckOutput {
  readonly entries: number
  readonly problems: readonly { readonly what: string; readonly where: string }[]
}

/** A person who may act, as the administrator sees them. */
export interface PersonOutput {
  readonly id: string
  readonly name?: string
  readonly owner: string
  readonly role: string
}

/** Where the log stands. */
export interface LogState {
  readonly origin: string
  readonly vkey: string
  readonly size: number
  /** Signed, as C2SP writes it. */
  readonly checkpoint: string
}

/** The log's verbs, for operators. */
export interface LogDoor {
  state(): Promise<LogState>
  /** The `.tlog-proof` of a statement by its digest or index. */
  prove(
    statement: Digest | number,
  ): Promise<{ readonly index: number; readonly statement: Digest; readonly proof: string }>
  fsck(onProgress?: (done: number, total: number) => void): Promise<FsckOutput>
  /** Copies the log as C2SP files, with every envelope, to a new folder. */
  export(folder: string): Promise<{ readonly entries: number; readonly folder: string }>
  /** Takes in a witness's cosignature on the current checkpoint. */
  cosign(note: string): Promise<void>
  envelope(statement: Digest): Promise<Uint8Array>
}

/** An open home, until it is closed: one process at a time has it, and others may ask that one (home-line.ts). */
export interface Home {
  readonly folder: string
  readonly registry: Registry
  readonly log: LogDoor
  /** From what models were made, and what was made of them. */
  lineage(): Promise<LineageDoor>
  /** Data sets, prompts, tool lists and endpoints. */
  subjects(): Promise<SubjectsDoor>
  /** What gates could not let through. */
  review(): Promise<ReviewDoor>
  /** What differs between its models. */
  comparison(): Promise<ModelComparison>
  /** Pickled weights of its models as safetensors. */
  conversion(): Promise<ModelConversion>
  /** Whether its models may be loaded now. */
  standings(): Promise<StandingsDoor>
  /** Takes in what was seen of packages, and reports of other tools. */
  evidence(): Promise<EvidenceDoor>
  /** Bills of materials and cards of its models. */
  boms(): Promise<BomDoor>
  /** Who acts: the token's principal when there is a token, else the person who owns this home. */
  actor(request: unknown): Promise<Actor>
  rebuild(
    onProgress?: (done: number, total: number) => void,
  ): Promise<{ readonly folded: number; readonly refused: number }>
  /** Models carried over an air gap. */
  bundles(): Promise<BundleDoor>
  keys(): Promise<
    readonly {
      readonly role: string
      readonly keyId: string
      readonly algorithm: string
      readonly publicKeyPem: string
      readonly path: string
    }[]
  >
  /** Changes of keys. */
  readonly keyring: KeyringDoor
  people(): Promise<readonly PersonOutput[]>
  /** Seals who signed a model. */
  recordSignature(digest: Digest, signature: SignatureOutput): Promise<void>
  addPerson(person: {
    readonly name: string
    readonly role: string
    readonly owner?: string
  }): Promise<{ readonly person: PersonOutput; readonly token: string }>
  close(): Promise<void>
}

/** What the command line can ask of the composition root. Everything opens late, so that `--help` is quick. */
export interface House {
  readonly version: string
  /** Signs and verifies models. */
  signing(): Promise<SigningDoor>
  /** Bills of materials and cards of folders. */
  boms(): Promise<PathBomDoor>
  /** Compares and converts weights of files and folders. */
  weights(): Promise<WeightsDoor>
  /** Looks at packages. */
  dependencies(): Promise<DependencyDoor>
  openHome(): Promise<Home>
  keyFiles(): Promise<KeyFilesDoor>
  scan(paths: readonly string[], settings: ScanSettings): Promise<ScanReport>
  formatReport(
    report: ScanReport,
    format: 'json' | 'sarif' | 'cyclonedx' | 'junit',
    failOn: ReadonlySet<Verdict>,
  ): Promise<string>
  rules(): Promise<readonly RuleFacts[]>
  explainRule(id: string): Promise<RulePage | undefined>
  /** Runs until it is told to stop. */
  up(options: {
    readonly example: boolean
    readonly host?: string
    readonly port?: number
    readonly insecure: boolean
    readonly say: (line: string) => void
  }): Promise<void>
  /** What came through the hub firewall, as its book remembers it. @throws SallyportError `STORE_FAILED` */
  hub(): Promise<HubDoor>
  /** Digests of all revoked models; it may be asked beside a server. @throws SallyportError `STORE_FAILED` */
  revokedModels(): Promise<readonly Digest[]>
  /** Guards models where they are loaded. */
  guard(): Promise<GuardDoor>
  doctor(): Promise<readonly DoctorCheck[]>
  /** Bundles of others, and whom to believe about them. */
  sigstore(): Promise<SigstoreDoor>
  /** Watches training runs. @throws SallyportError `NOT_SUPPORTED` where there is no `/proc` */
  training(): Promise<TrainingDoor>
  verifyProof(
    proof: string,
    envelope: Uint8Array,
    vkey: string,
  ): Promise<{ readonly ok: true; readonly index: number } | { readonly ok: false; readonly reason: string }>
  /** A file, or standard input for `-`. */
  readFile(path: string): Promise<Uint8Array>
  hasFile(path: string): boolean
  writeFile(path: string, text: string): Promise<void>
  checkPolicy(yaml: string): Promise<
    readonly {
      readonly line: number
      readonly column: number
      readonly path: string
      readonly message: string
    }[]
  >
  policyText(): Promise<string>
  /** The policy in force, as a person reads it. */
  policySentences(): Promise<readonly { readonly stage: string; readonly text: string }[]>
}
