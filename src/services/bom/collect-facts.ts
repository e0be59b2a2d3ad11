import { readModelCard } from '../../formats/model-card/index.ts'
import type { Assessment, Component, Manifest, ManifestEntry } from '../../ground/domain/index.ts'
import { utf8Text } from '../../ground/lang/index.ts'
import {
  type PredicateName,
  type Predicates,
  predicateOf,
  type Verified,
} from '../../trust/evidence/index.ts'
import type { ClaimedBase, LineageGraph } from '../lineage/index.ts'
import type { BomFacts, Told } from './bom-facts.ts'
import { originOf } from './origin-of.ts'

/** Bytes of a README, a config or a list of packages that is read for a bill. */
const MAX_PAPER = 4 * 1024 * 1024
/** Lists of packages of one model. */
const MAX_LISTS = 20

/** A model of which a bill is wanted: its files, and what is known of it. */
export interface BomSubject {
  readonly name: string
  readonly manifest: Manifest
  /** A file's bytes; the model's own are small, data are not asked for. */
  readonly read: (entry: ManifestEntry, maxBytes: number) => Promise<Uint8Array>
  /** From a scan just made; that of the ledger otherwise. */
  readonly assessment?: Assessment
  /** All statements about it; none for a model that is not in the ledger. */
  readonly statements: readonly Verified[]
  readonly lineage?: LineageGraph
  readonly claims: readonly ClaimedBase[]
}

/** What collecting stands on. */
export interface CollectDeps {
  readonly version: string
  readonly now: () => Date
  /** Whether a file's name is that of a list of packages. */
  readonly isList: (path: string) => boolean
  /** Packages of such a list. */
  readonly readList: (path: string, text: string) => Promise<{ readonly components: readonly Component[] }>
}

/** Everything known of one model, in one place. @throws SallyportError as reading its files does */
export async function collectFacts(deps: CollectDeps, subject: BomSubject): Promise<BomFacts> {
  const { manifest, statements } = subject
  const assessment = subject.assessment ?? newest(statements, 'model-scan')?.predicate
  const source = originOf(statements)
  const readme = await textOf(subject, (name) => /^README\.md$/i.test(name))
  return {
    version: deps.version,
    at: deps.now().toISOString(),
    name: subject.name,
    digest: manifest.digest,
    omsRoot: manifest.omsRoot,
    files: manifest.entries,
    card: readModelCard(readme ?? '').card,
    config: configOf((await textOf(subject, (name) => name === 'config.json')) ?? ''),
    ...(assessment === undefined ? {} : { assessment }),
    provenance: all(statements, 'slsa-provenance'),
    vulns: all(statements, 'vulns'),
    tests: all(statements, 'test-result'),
    ...(source === undefined ? {} : { source }),
    ...(subject.lineage === undefined ? {} : { lineage: subject.lineage }),
    claims: subject.claims,
    dependencies: await dependenciesOf(deps, subject),
  }
}

function all<N extends PredicateName>(
  statements: readonly Verified[],
  name: N,
): readonly Told<Predicates[N]>[] {
  return statements.flatMap((verified) => {
    const predicate = predicateOf(verified, name)
    return predicate === undefined ? [] : [{ statement: verified.digest, predicate }]
  })
}

function newest<N extends PredicateName>(
  statements: readonly Verified[],
  name: N,
): Told<Predicates[N]> | undefined {
  return all(statements, name).at(-1)
}

async function textOf(subject: BomSubject, isIt: (name: string) => boolean): Promise<string | undefined> {
  const entry = subject.manifest.entries.find(({ name, size }) => isIt(name) && size <= MAX_PAPER)
  return entry === undefined ? undefined : utf8Text(await subject.read(entry, MAX_PAPER))
}

function configOf(text: string): BomFacts['config'] {
  const settings = jsonOf(text)
  const family = settings.model_type
  const architectures = settings.architectures
  const architecture: unknown = Array.isArray(architectures) ? architectures[0] : undefined
  return {
    ...(typeof family === 'string' ? { family } : {}),
    ...(typeof architecture === 'string' ? { architecture } : {}),
  }
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {} // Settings that are no JSON claim nothing; the scan itself says what is wrong with the file.
  }
}

async function dependenciesOf(deps: CollectDeps, subject: BomSubject): Promise<readonly Component[]> {
  const lists = subject.manifest.entries.filter(({ name, size }) => size <= MAX_PAPER && deps.isList(name))
  const components: Component[] = []
  for (const entry of lists.slice(0, MAX_LISTS)) {
    const text = utf8Text(await subject.read(entry, MAX_PAPER))
    if (text !== undefined) components.push(...(await deps.readList(entry.name, text)).components)
  }
  return components
}
