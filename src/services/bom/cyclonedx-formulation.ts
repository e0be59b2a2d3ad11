import type { ResourceDescriptor } from '../../ground/domain/index.ts'
import type { Predicates } from '../../trust/evidence/index.ts'
import { type BomFacts, type Json, shown, some, type Told } from './bom-facts.ts'

/** Inputs of one run that are written out. */
const MAX_INPUTS = 500

/** How the model was made, from its provenance: one workflow a run, its inputs by reference or by name and digest. */
export function formulationOf(facts: BomFacts, refOfDigest: ReadonlyMap<string, string>): readonly Json[] {
  return facts.provenance.map((told, i) => ({
    'bom-ref': `formula-${i + 1}`,
    workflows: [workflowOf(told, i, refOfDigest)],
  }))
}

function workflowOf(
  { predicate, statement }: Told<Predicates['slsa-provenance']>,
  i: number,
  refOfDigest: ReadonlyMap<string, string>,
): Json {
  const { buildDefinition, runDetails } = predicate
  const { invocationId, startedOn, finishedOn } = runDetails.metadata ?? {}
  const inputs = (buildDefinition.resolvedDependencies ?? []).slice(0, MAX_INPUTS)
  return {
    'bom-ref': `workflow-${i + 1}`,
    uid: shown(invocationId ?? statement, 400),
    ...some('name', nameOf(buildDefinition.externalParameters.name)),
    description: shown(buildDefinition.buildType, 400),
    taskTypes: ['build'],
    inputs: [
      ...inputs.map((input) => inputOf(input, refOfDigest)),
      ...parametersOf(buildDefinition.externalParameters),
    ],
    outputs: [{ type: 'artifact', resource: { ref: 'model' } }],
    ...some('timeStart', startedOn),
    ...some('timeEnd', finishedOn),
    properties: [
      { name: 'sallyport:builder', value: shown(runDetails.builder.id, 400) },
      { name: 'sallyport:statement', value: statement },
    ],
  }
}

function nameOf(name: unknown): string | undefined {
  return typeof name === 'string' && name !== '' ? shown(name, 400) : undefined
}

function inputOf(
  { name, uri, digest, annotations }: ResourceDescriptor,
  refs: ReadonlyMap<string, string>,
): Json {
  const ref = digest?.sha256 === undefined ? undefined : refs.get(`sha256:${digest.sha256}`)
  const properties = [
    ...(name === undefined ? [] : [{ name: 'sallyport:name', value: shown(name, 400) }]),
    ...(typeof annotations?.kind === 'string'
      ? [{ name: 'sallyport:kind', value: shown(annotations.kind, 100) }]
      : []),
    ...Object.entries(digest ?? {}).map(([algorithm, hex]) => ({
      name: `sallyport:digest:${shown(algorithm, 40)}`,
      value: shown(hex, 200),
    })),
  ]
  if (ref !== undefined) return { resource: { ref }, ...some('properties', properties) }
  const sha256 = digest?.sha256
  return {
    resource: {
      externalReference: {
        type: 'build-meta',
        url:
          uri === undefined || !/^[a-z][a-z0-9+.-]*:[^\s]+$/i.test(uri)
            ? `urn:sallyport:${encodeURIComponent(shown(name ?? 'input', 200))}`
            : encodeURI(decodable(uri)),
        ...(sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)
          ? {}
          : { hashes: [{ alg: 'SHA-256', content: sha256 }] }),
      },
    },
    ...some('properties', properties),
  }
}

/** A URI whose escapes are undone, so that none is escaped twice; as it stands where they are broken. */
function decodable(uri: string): string {
  try {
    return decodeURI(shown(uri, 2000))
  } catch {
    return shown(uri, 2000) // Only a name in a bill; what it names is the digest beside it.
  }
}

/** Command and settings of the run; nested ones as JSON. */
function parametersOf(parameters: Readonly<Record<string, unknown>>): readonly Json[] {
  const list = Object.entries(parameters)
    .filter(([name]) => name !== 'name')
    .slice(0, MAX_INPUTS)
    .map(([name, value]) => ({
      name: shown(name, 200),
      value: shown(typeof value === 'string' ? value : JSON.stringify(value), 2000),
      dataType: Array.isArray(value) ? 'array' : typeof value,
    }))
  return list.length === 0 ? [] : [{ parameters: list }]
}
