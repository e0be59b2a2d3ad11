import type { Signer } from '../../ground/crypto/index.ts'
import {
  type Digest,
  digestOfJson,
  hexOfDigest,
  type ResourceDescriptor,
  STATEMENT_TYPE,
} from '../../ground/domain/index.ts'
import {
  descriptorSubject,
  PREDICATE_TYPES,
  type RunFiles,
  type SlsaProvenancePredicate,
  sealStatement,
  type TrainingRunPredicate,
} from '../../trust/evidence/index.ts'
import type { RunPlan } from './run-journal.ts'

/** How a training run is built, as SLSA wants a build type to be named (slsa-framework/slsa, spec/v1.0/provenance.md). */
const BUILD_TYPE = 'https://sallyport.dev/training/v1'
const BUILDER_ID = 'https://sallyport.dev/train/v1'

interface SealDeps {
  readonly signer: Signer
  readonly tenant: string
  readonly version: string
}

/** The identity of a run: its subject in statements, whose digest is that of what it is. */
function runSubject(tenant: string, id: string, name: string): ResourceDescriptor {
  return descriptorSubject('run', runDigest(tenant, id), { name, tenant })
}

/** The digest by which the ledger knows a run. */
export function runDigest(tenant: string, id: string): Digest {
  return digestOfJson({ kind: 'training-run', tenant, id })
}

/** The record as a statement about the run. */
export function sealRun(deps: SealDeps, predicate: TrainingRunPredicate): Promise<Uint8Array> {
  return sealAbout(deps, runSubject(deps.tenant, predicate.run, predicate.name), predicate)
}

/** The same record about each product that may be a model, so that a policy can ask for it where one is promoted. */
export async function sealOfProducts(
  deps: SealDeps,
  predicate: TrainingRunPredicate,
): Promise<readonly Uint8Array[]> {
  const sealed: Uint8Array[] = []
  for (const product of predicate.products)
    sealed.push(await sealAbout(deps, productSubject(deps.tenant, product), predicate))
  return sealed
}

function sealAbout(
  { signer }: SealDeps,
  subject: ResourceDescriptor,
  predicate: TrainingRunPredicate,
): Promise<Uint8Array> {
  const predicateType = PREDICATE_TYPES['training-run']
  return sealStatement(
    { _type: STATEMENT_TYPE, subject: [subject], predicateType, predicate: { ...predicate } },
    signer,
  )
}

function productSubject(tenant: string, { name, digest, omsRoot }: RunFiles): ResourceDescriptor {
  return { name, digest: { sha256: hexOfDigest(digest) }, annotations: { omsRoot, tenant } }
}

/** The run as SLSA provenance v1, about its products and itself: what any reader of SLSA understands. */
export function sealProvenance(
  deps: SealDeps,
  plan: RunPlan,
  run: TrainingRunPredicate,
): Promise<Uint8Array> {
  const predicate: SlsaProvenancePredicate = {
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: {
        name: run.name,
        command: run.command,
        folder: run.folder,
        outputs: plan.outputs,
        ...(run.inputs.seed === undefined ? {} : { seed: run.inputs.seed }),
      },
      internalParameters: {
        environment: run.inputs.environment,
        versions: run.inputs.versions,
        host: run.host,
        user: run.user,
        budget: run.budget,
        ...(run.inputs.container === undefined ? {} : { container: run.inputs.container }),
      },
      resolvedDependencies: dependenciesOf(run),
    },
    runDetails: {
      builder: { id: BUILDER_ID, version: { sallyport: deps.version } },
      metadata: { invocationId: run.run, startedOn: run.startedAt, finishedOn: run.finishedAt },
      byproducts: byproductsOf(run),
    },
  }
  return sealStatement(
    {
      _type: STATEMENT_TYPE,
      subject: [
        ...run.products.map((product) => productSubject(deps.tenant, product)),
        runSubject(deps.tenant, run.run, run.name),
      ],
      predicateType: PREDICATE_TYPES['slsa-provenance'],
      predicate: { ...predicate },
    },
    deps.signer,
  )
}

function dependenciesOf({ inputs }: TrainingRunPredicate): readonly ResourceDescriptor[] {
  const { datasets, baseModel, code, locks, packages, container } = inputs
  const image = container?.digest?.replace(/^sha256:/, '')
  return [
    ...datasets.map((data) => resource('dataset', data.name, data.digest)),
    ...(baseModel === undefined ? [] : [resource('base-model', baseModel.name, baseModel.digest)]),
    ...(code === undefined ? [] : codeOf(code)),
    ...locks.map(({ path, digest }) => resource('lock', path, digest)),
    ...(packages === undefined ? [] : [resource('packages', 'installed packages', packages.digest)]),
    ...(image !== undefined && /^[0-9a-f]{64}$/.test(image)
      ? [{ name: container?.image ?? 'image', digest: { sha256: image }, annotations: { kind: 'image' } }]
      : []),
  ]
}

function codeOf(code: NonNullable<TrainingRunPredicate['inputs']['code']>): readonly ResourceDescriptor[] {
  const commit: ResourceDescriptor = {
    name: 'code',
    ...(code.remote === undefined ? {} : { uri: `git+${code.remote}@${code.commit}` }),
    digest: { gitCommit: code.commit },
    annotations: { kind: 'code', dirty: code.changes !== undefined },
  }
  return code.changes === undefined ? [commit] : [commit, resource('code-changes', 'changes', code.changes)]
}

function byproductsOf({ metrics, series }: TrainingRunPredicate): readonly ResourceDescriptor[] {
  return [
    ...(metrics === undefined ? [] : [resource('metrics', metrics.path, metrics.digest)]),
    ...(series === undefined ? [] : [resource('resources', 'series.json', series.digest)]),
  ]
}

function resource(kind: string, name: string, digest: Digest): ResourceDescriptor {
  return { name, digest: { sha256: hexOfDigest(digest) }, annotations: { kind } }
}
