import { createHash } from 'node:crypto'
import { spdxIdOfLicense } from '../../formats/model-card/index.ts'
import type { Component, Digest } from '../../ground/domain/index.ts'
import { type BomFacts, datasetsOf, type Json, shown, some } from './bom-facts.ts'
import { modelCardOf } from './cyclonedx-card.ts'
import { formulationOf } from './cyclonedx-formulation.ts'
import { annotationsOf, weaknessesOf } from './cyclonedx-weaknesses.ts'

/** Ancestors that are written out, nearest first. */
const MAX_ANCESTORS = 200

/**
 * A model as a CycloneDX 1.7 ML-BOM: the model with its card and ancestors, its files with hashes, data sets, packages, how
 * it was made, what is wrong with it and what nobody looked at. Source: CycloneDX/specification, schema/bom-1.7.schema.json.
 */
export function cycloneDxBom(facts: BomFacts): Json {
  const tool = { type: 'application', 'bom-ref': 'sallyport', name: 'sallyport', version: facts.version }
  const files = facts.files.map((file, i) => ({ ...file, ref: `file-${i + 1}` }))
  const refOfFile = new Map(files.map(({ name, ref }) => [name, ref]))
  const datasets = datasetsOf(facts)
  const datasetRefs = datasets.map((_, i) => `dataset-${i + 1}`)
  const refOfDigest = new Map<string, string>([[facts.digest, 'model']])
  for (const [i, { digest }] of datasets.entries())
    if (digest !== undefined) refOfDigest.set(digest, `dataset-${i + 1}`)
  const packages = packagesOf(facts.dependencies)
  const body = {
    metadata: {
      timestamp: facts.at,
      tools: { components: [tool] },
      component: modelOf(facts, datasetRefs),
      properties: [
        { name: 'sallyport:digest', value: facts.digest },
        { name: 'sallyport:omsRoot', value: facts.omsRoot },
        { name: 'sallyport:verdict', value: facts.assessment?.verdict ?? 'undecided' },
        ...(facts.assessment === undefined
          ? []
          : [{ name: 'sallyport:ruleSet', value: facts.assessment.assessor.ruleSet }]),
      ],
    },
    components: [
      ...files.map((file) => fileOf(facts, file)),
      ...datasets.map((dataset, i) => datasetOf(dataset, `dataset-${i + 1}`)),
      ...packages.map(({ json }) => json),
    ],
    dependencies: [
      {
        ref: 'model',
        dependsOn: [...files.map(({ ref }) => ref), ...datasetRefs, ...packages.map(({ ref }) => ref)],
      },
    ],
    compositions: compositionsOf(facts, refOfFile),
    vulnerabilities: weaknessesOf(facts, refOfFile),
    annotations: annotationsOf(facts, refOfFile),
    ...some('formulation', formulationOf(facts, refOfDigest)),
  }
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.7.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.7',
    serialNumber: serialOf(body),
    version: 1,
    ...body,
  }
}

function modelOf(facts: BomFacts, datasetRefs: readonly string[]): Json {
  const { card, source } = facts
  const license = card.license ?? source?.license
  return {
    type: 'machine-learning-model',
    'bom-ref': 'model',
    name: shown(facts.name, 400),
    version: shown(source?.version ?? facts.digest, 400),
    ...(license === undefined ? {} : { licenses: [{ license: licenseOf(license, card.licenseName) }] }),
    ...(source?.purl === undefined ? {} : { purl: source.purl }),
    ...(source === undefined ? {} : { externalReferences: [{ type: 'distribution', url: source.location }] }),
    ...some('pedigree', pedigreeOf(facts)),
    modelCard: modelCardOf(facts, datasetRefs),
    ...some('tags', [...new Set(card.tags.map((tag) => shown(tag, 200)))]),
  }
}

/** Licences as model cards name them; `other` means that `license_name` says it. */
function licenseOf(license: string, name: string | undefined): Json {
  const id = spdxIdOfLicense(license)
  if (id !== undefined) return { id }
  return { name: shown(license === 'other' ? (name ?? license) : license, 200) }
}

/** Proven ancestors, parents first; each with how it is related. */
function pedigreeOf({ lineage, digest }: BomFacts): Json | undefined {
  const before = (lineage?.nodes ?? []).filter(
    ({ id, kind, step, claimed }) =>
      !claimed && step < 0 && id !== digest && (kind === 'model' || kind === 'hub-model'),
  )
  if (before.length === 0) return undefined
  const ancestors = before
    .toSorted((a, b) => b.step - a.step)
    .slice(0, MAX_ANCESTORS)
    .map((point, i) => ({
      type: 'machine-learning-model',
      'bom-ref': `ancestor-${i + 1}`,
      name: shown(point.name, 400),
      version: point.id,
      properties: [
        { name: 'sallyport:digest', value: point.id },
        ...relationsOf(lineage, point.id).map((value) => ({ name: 'sallyport:relation', value })),
        ...(point.verdict === undefined ? [] : [{ name: 'sallyport:verdict', value: point.verdict }]),
      ],
    }))
  return { ancestors }
}

function relationsOf(lineage: BomFacts['lineage'], from: Digest): readonly string[] {
  return (lineage?.links ?? [])
    .filter((link) => link.from === from && !link.claimed)
    .map(({ relation, to, statement }) => `${relation} of ${to} by ${statement}`)
}

function fileOf(facts: BomFacts, file: BomFacts['files'][number] & { readonly ref: string }): Json {
  const seen = facts.assessment?.files.find(({ path }) => path === file.name)
  return {
    type: 'file',
    'bom-ref': file.ref,
    name: shown(file.name, 4096),
    hashes: [{ alg: 'SHA-256', content: file.sha256 }],
    properties: [
      { name: 'sallyport:sizeBytes', value: String(file.size) },
      ...(seen === undefined
        ? []
        : [
            { name: 'sallyport:format', value: seen.coverage[0]?.format ?? 'unknown' },
            { name: 'sallyport:verdict', value: seen.verdict },
          ]),
    ],
  }
}

function datasetOf({ name, digest, isProven }: ReturnType<typeof datasetsOf>[number], ref: string): Json {
  return {
    type: 'data',
    'bom-ref': ref,
    name: shown(name, 400),
    ...some('version', digest),
    data: [{ type: 'dataset', name: shown(name, 400) }],
    properties: [
      ...(digest === undefined ? [] : [{ name: 'sallyport:digest', value: digest }]),
      { name: 'sallyport:known-by', value: isProven ? 'provenance' : 'claim' },
    ],
  }
}

function packagesOf(
  components: readonly Component[],
): readonly { readonly ref: string; readonly json: Json }[] {
  const unique = new Map(components.map((component) => [component.purl, component]))
  return [...unique.values()].map(({ name, version, purl, hashes }, i) => ({
    ref: `package-${i + 1}`,
    json: {
      type: 'library',
      'bom-ref': `package-${i + 1}`,
      name: shown(name, 400),
      ...some('version', version === undefined ? undefined : shown(version, 200)),
      purl: shown(purl, 1000),
      ...some(
        'hashes',
        hashes.flatMap(({ algorithm, hex }) => {
          const alg = ALGORITHMS[algorithm]
          return alg === undefined ? [] : [{ alg, content: hex }]
        }),
      ),
    },
  }))
}

const ALGORITHMS: Readonly<Record<string, string>> = {
  md5: 'MD5',
  sha1: 'SHA-1',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
}

function compositionsOf(facts: BomFacts, refOfFile: ReadonlyMap<string, string>): readonly Json[] {
  if (facts.assessment === undefined) return [{ aggregate: 'unknown', assemblies: ['model'] }]
  const isWhole = (file: (typeof facts.assessment.files)[number]) =>
    file.coverage.every(({ status }) => status === 'full')
  return (['complete', 'incomplete'] as const).flatMap((aggregate) => {
    const assemblies = (facts.assessment?.files ?? [])
      .filter((file) => isWhole(file) === (aggregate === 'complete'))
      .flatMap(({ path }) => refOfFile.get(path) ?? [])
    return assemblies.length === 0 ? [] : [{ aggregate, assemblies }]
  })
}

/** The same facts have the same number: a UUID made of a hash (RFC 9562 section 5.8, version 8). */
function serialOf(body: Json): string {
  const hex = createHash('sha256').update(JSON.stringify(body)).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16)
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
