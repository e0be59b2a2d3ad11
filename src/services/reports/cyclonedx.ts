import { createHash } from 'node:crypto'
import { spdxIdOfLicense } from '../../formats/model-card/index.ts'
import type { ScannedFile, ScanReport } from '../scan/index.ts'
import { type Json, vulnerabilitiesOf } from './cyclonedx-vulnerabilities.ts'
import { type ModelClaims, readClaims } from './model-card.ts'
import { placeOf } from './place-of.ts'
import { printable } from './printable.ts'
import type { ReportMaker } from './rule-facts.ts'

/** Text of a small file by its name from where the scan ran; `undefined` when there is none or it is large. */
export type ReadText = (place: string) => Promise<string | undefined>

const PAPER = /(?:^|\/)(?:README\.md|config\.json)$/
/** Models of one scan that are described apart. */
const MAX_MODELS = 500

/**
 * A scan as a CycloneDX 1.7 ML-BOM: the model with what its papers claim as modelCard, its files with hashes, its datasets as
 * data, findings as vulnerabilities, notes and what was not looked at as annotations, completeness as compositions.
 */
export async function cycloneDxOf(
  report: ScanReport,
  maker: ReportMaker,
  readText: ReadText,
): Promise<string> {
  const refs = report.files.map((file, i) => [`file-${i + 1}`, file] as const)
  const tool = { type: 'application', 'bom-ref': 'sallyport', name: 'sallyport', version: maker.version }
  const models = await modelsOf(report, readText)
  const folders = new Set(models.map(({ folder }) => folder))
  const owned = Map.groupBy(refs, ([, file]) => ownerOf(folders, file.path))
  const names = [...new Set(models.flatMap(({ claims }) => claims.datasets))]
  const datasetRefs = new Map(names.map((name, i) => [name, `dataset-${i + 1}`]))
  const datasets = [...datasetRefs].map(([name, ref]) => ({
    type: 'data',
    'bom-ref': ref,
    name: printable(name),
    data: [{ type: 'dataset', name: printable(name) }],
  }))
  const [top, ...inner] = models.map((model) => modelOf(model, datasetRefs))
  const whole = (file: ScannedFile): boolean => file.coverage.every(({ status }) => status === 'full')
  const [complete, incomplete] = [
    refs.filter(([, file]) => whole(file)),
    refs.filter(([, file]) => !whole(file)),
  ]
  const body = {
    metadata: {
      timestamp: report.finishedAt,
      tools: { components: [tool] },
      component: top,
      properties: [
        { name: 'sallyport:verdict', value: report.verdict },
        { name: 'sallyport:ruleSet', value: report.assessor.ruleSet },
      ],
    },
    components: [...inner, ...refs.map(([ref, file]) => fileOf(ref, file, report)), ...datasets],
    dependencies: models.map((model, i) => ({
      ref: model.ref,
      dependsOn: [
        ...(i === 0 ? models.slice(1).map(({ ref }) => ref) : []),
        ...(owned.get(model.folder) ?? []).map(([ref]) => ref),
        ...model.claims.datasets.flatMap((name) => datasetRefs.get(name) ?? []),
      ],
    })),
    compositions: [
      ...(complete.length === 0 ? [] : [{ aggregate: 'complete', assemblies: complete.map(([ref]) => ref) }]),
      ...(incomplete.length === 0
        ? []
        : [{ aggregate: 'incomplete', assemblies: incomplete.map(([ref]) => ref) }]),
    ],
    vulnerabilities: vulnerabilitiesOf(refs, maker),
    annotations: annotationsOf(refs, report, tool),
  }
  const head = {
    $schema: 'http://cyclonedx.org/schema/bom-1.7.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.7',
    serialNumber: serialOf(body),
    version: 1,
  }
  return `${JSON.stringify({ ...head, ...body }, undefined, 2)}\n`
}

/** A folder with papers of its own, and the whole scan first: each is a model. */
interface Model {
  readonly ref: string
  /** Empty for the whole scan. */
  readonly folder: string
  readonly name: string
  readonly claims: ModelClaims
}

async function modelsOf(report: ScanReport, readText: ReadText): Promise<readonly Model[]> {
  // What was refused, such as a pipe of that name, has no size.
  const papers = report.files
    .filter(({ path, sizeBytes }) => sizeBytes > 0 && PAPER.test(path))
    .map(({ path }) => path)
  const folders = ['', ...new Set(papers.map(folderOf).filter((folder) => folder !== ''))].slice(
    0,
    MAX_MODELS,
  )
  const models: Model[] = []
  for (const [i, folder] of folders.entries()) {
    const text = (name: string): Promise<string | undefined> | undefined => {
      const path = folder === '' ? name : `${folder}/${name}`
      return papers.includes(path) ? readText(placeOf(report, path)) : undefined
    }
    models.push({
      ref: i === 0 ? 'model' : `model-${i}`,
      folder,
      name: i === 0 ? nameOf(report) : placeOf(report, folder),
      claims: readClaims(await text('README.md'), await text('config.json')),
    })
  }
  return models
}

/** The innermost of the folders that holds a path. */
function ownerOf(folders: ReadonlySet<string>, path: string): string {
  let folder = folderOf(path)
  while (folder !== '' && !folders.has(folder)) folder = folderOf(folder)
  return folder
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

function nameOf(report: ScanReport): string {
  const name = (report.paths[0] ?? '').split('/').findLast((part) => part !== '' && part !== '.')
  return name ?? 'model'
}

function modelOf({ ref, name, claims }: Model, datasetRefs: ReadonlyMap<string, string>): Json {
  const licence = claims.licence === undefined ? undefined : licenceOf(claims.licence)
  return {
    type: 'machine-learning-model',
    'bom-ref': ref,
    name: printable(name),
    ...(licence === undefined ? {} : { licenses: [{ license: licence }] }),
    modelCard: modelCardOf(claims, datasetRefs),
    ...(claims.tags.length === 0 ? {} : { tags: claims.tags.map(printable) }),
  }
}

function modelCardOf(claims: ModelClaims, datasetRefs: ReadonlyMap<string, string>): Json {
  const { task, family, architecture, library, metrics } = claims
  const datasets = claims.datasets.flatMap((name) => {
    const ref = datasetRefs.get(name)
    return ref === undefined ? [] : [{ ref }]
  })
  const parameters = {
    ...(task === undefined ? {} : { task: printable(task) }),
    ...(family === undefined ? {} : { architectureFamily: printable(family) }),
    ...(architecture === undefined ? {} : { modelArchitecture: printable(architecture) }),
    ...(datasets.length === 0 ? {} : { datasets }),
  }
  const claim = (key: string, values: readonly string[]): readonly Json[] =>
    values.map((value) => ({ name: `sallyport:claim:${key}`, value: printable(value) }))
  const properties = [
    ...claim('base_model', claims.baseModels),
    ...claim('language', claims.languages),
    ...claim('library_name', library === undefined ? [] : [library]),
  ]
  return {
    ...(Object.keys(parameters).length === 0 ? {} : { modelParameters: parameters }),
    ...(metrics.length === 0
      ? {}
      : { quantitativeAnalysis: { performanceMetrics: metrics.map((type) => ({ type: printable(type) })) } }),
    ...(properties.length === 0 ? {} : { properties }),
  }
}

function licenceOf(text: string): Json {
  const id = spdxIdOfLicense(text)
  return id === undefined ? { name: printable(text) } : { id }
}

function fileOf(ref: string, file: ScannedFile, report: ScanReport): Json {
  return {
    type: 'file',
    'bom-ref': ref,
    name: printable(placeOf(report, file.path)),
    ...(file.sha256 === undefined ? {} : { hashes: [{ alg: 'SHA-256', content: file.sha256 }] }),
    properties: [
      { name: 'sallyport:format', value: file.coverage[0]?.format ?? 'unknown' },
      { name: 'sallyport:sizeBytes', value: String(file.sizeBytes) },
      { name: 'sallyport:verdict', value: file.verdict },
    ],
  }
}

function annotationsOf(
  refs: readonly (readonly [string, ScannedFile])[],
  report: ScanReport,
  tool: Json,
): readonly Json[] {
  const { 'bom-ref': _, ...component } = tool
  const annotate = (subject: string, text: string): Json => ({
    subjects: [subject],
    annotator: { component },
    timestamp: report.finishedAt,
    text: printable(text),
  })
  const perFile = refs.flatMap(([ref, file]) => [
    ...file.findings
      .filter(({ severity }) => severity === 'info')
      .map(({ ruleId, title, message }) => annotate(ref, `${ruleId}: ${title}. ${message}`)),
    ...file.coverage
      .filter(({ status }) => status !== 'full')
      .map(({ members = [], reason, status }) =>
        annotate(ref, `Not checked: ${[...members, reason ?? status].join(' › ')}`),
      ),
  ])
  const excluded = report.excluded.map(({ path, reason }) =>
    annotate('model', `Not looked at: ${path} (${reason})`),
  )
  return [...perFile, ...excluded]
}

/** The same scan has the same number: a UUID made of a hash (RFC 9562 section 5.8, version 8). */
function serialOf(body: Json): string {
  const hex = createHash('sha256').update(JSON.stringify(body)).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16)
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
