import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readModelCard } from '../../formats/model-card/index.ts'
import { type Assessment, digestOfJson, makeComponent } from '../../ground/domain/index.ts'
import { type BomFacts, cycloneDxBom, type Json, spdxBom } from './index.ts'

const ROOT = new URL('../../../', import.meta.url)
const readJson = (path: string) =>
  JSON.parse(readFileSync(new URL(path, ROOT), 'utf8')) as Record<string, unknown>

function cycloneDxValidator() {
  const folder = 'node_modules/@cyclonedx/cyclonedx-library/res/schema'
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat('iri-reference', true)
  ajv.addFormat('idn-email', true)
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
    ajv.addSchema({
      ...readJson(`${folder}/${name}.SNAPSHOT.schema.json`),
      $id: `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`,
    })
  return ajv.compile(readJson(`${folder}/bom-1.7.SNAPSHOT.schema.json`))
}
const isCycloneDx = cycloneDxValidator()
const isSpdx = new Ajv2020({ strict: false, allErrors: false }).compile(
  readJson('test/vectors/spdx-3/spdx-json-schema-3.0.1.json'),
)

const CARD = `---
license: apache-2.0
pipeline_tag: text-classification
library_name: transformers
tags: [x, x-y]
language: [en, no]
datasets: [imdb, org/own]
metrics: [accuracy]
base_model: org/base
co2_eq_emissions: {emissions: 12, source: CodeCarbon}
model-index:
- name: m
  results:
  - task: {type: text-classification}
    dataset: {type: glue, name: GLUE, split: test}
    metrics: [{type: accuracy, value: 0.91}, {type: rouge, value: {a: 1}}]
---
# Model
## Uses
Sentiment.
## Limitations
English only.
## Ethical considerations
Mind the bias.
## Training data
Reviews.
`
const AT = '2026-11-21T10:00:00.123Z'
const MODEL = digestOfJson('model')
const BASE = digestOfJson('base')
const DATA = digestOfJson('data')
const STATEMENT = digestOfJson('statement')

const assessment: Assessment = {
  assessor: { assessor: 'model', version: '1.0.0', ruleSet: digestOfJson('rules') },
  startedAt: AT,
  finishedAt: AT,
  verdict: 'suspicious',
  files: [
    {
      path: 'a.pkl',
      sizeBytes: 4,
      verdict: 'suspicious',
      coverage: [
        { path: 'a.pkl', format: 'pickle', sizeBytes: 4, readBytes: 2, status: 'partial', reason: 'cut' },
      ],
      findings: (['high', 'info'] as const).map((severity) => ({
        ruleId: `pickle/${severity}`,
        severity,
        verdict: severity === 'info' ? 'clean' : 'suspicious',
        title: 'A title',
        message: 'a message',
        location: { path: 'a.pkl', members: ['x'] },
        call: "posix.system('id')",
        remedy: 'Do not.',
        taxonomy: ['CWE-502', 'AML.T0011.000'],
        fingerprint: '0'.repeat(16),
      })),
    },
  ],
}
const RICH: BomFacts = {
  version: '1.2.3',
  at: AT,
  name: 'bert',
  digest: MODEL,
  omsRoot: 'a'.repeat(64),
  files: [
    { name: 'a.pkl', size: 4, sha256: 'b'.repeat(64) },
    { name: 'README.md', size: 9, sha256: 'c'.repeat(64) },
  ],
  card: readModelCard(CARD).card,
  config: { family: 'bert', architecture: 'BertForSequenceClassification' },
  assessment,
  provenance: [
    {
      statement: STATEMENT,
      predicate: {
        buildDefinition: {
          buildType: 'https://sallyport.dev/training/v1',
          externalParameters: { name: 'train', command: ['python', 'train.py'], seed: 7 },
          resolvedDependencies: [
            { name: 'reviews', digest: { sha256: DATA.slice(7) }, annotations: { kind: 'dataset' } },
            {
              name: 'code',
              uri: 'git+https://example.org/a b.git@main',
              digest: { gitCommit: 'd'.repeat(40) },
            },
            { name: 'lock', digest: { sha256: 'e'.repeat(64) }, annotations: { kind: 'lock' } },
          ],
        },
        runDetails: {
          builder: { id: 'https://sallyport.dev/train/v1' },
          metadata: { invocationId: '0192f0c1', startedOn: AT, finishedOn: AT },
        },
      },
    },
  ],
  vulns: [
    {
      statement: STATEMENT,
      predicate: {
        scanner: {
          uri: 'pkg:trivy',
          result: [{ id: 'CVE-2025-1716', severity: [{ method: 'CVSS', score: '9.8' }] }],
        },
        metadata: { scanStartedOn: AT, scanFinishedOn: AT },
      },
    },
  ],
  source: {
    ...{ version: `sha256:${'c'.repeat(64)}`, name: 'quay.io/org/bert', license: 'mit' },
    purl: `pkg:oci/bert@sha256%3A${'c'.repeat(64)}?repository_url=quay.io%2Forg%2Fbert`,
    location: `oci://quay.io/org/bert@sha256:${'c'.repeat(64)}`,
  },
  tests: [{ statement: STATEMENT, predicate: { result: 'PASSED', configuration: [{ name: 'eval' }] } }],
  lineage: {
    start: MODEL,
    isCut: false,
    nodes: [
      { id: MODEL, kind: 'model', name: 'bert', claimed: false, step: 0 },
      { id: BASE, kind: 'model', name: 'base', claimed: false, step: -1, verdict: 'clean' },
      { id: DATA, kind: 'dataset', name: 'reviews', claimed: false, step: -2 },
    ],
    links: [{ from: BASE, to: MODEL, relation: 'fine-tune', claimed: false, statement: STATEMENT, at: AT }],
  },
  claims: [],
  dependencies: [
    makeComponent({
      type: 'pypi',
      name: 'torch',
      version: '2.4.0',
      location: { path: 'requirements.txt', line: 1 },
    }),
  ],
}
const BARE: BomFacts = {
  ...{ version: '1.2.3', at: AT, name: 'm', digest: MODEL, omsRoot: 'a'.repeat(64), files: [] },
  card: readModelCard('').card,
  config: {},
  ...{ provenance: [], vulns: [], tests: [], claims: [], dependencies: [] },
}
const list = (value: unknown) => value as readonly Json[]

describe('CycloneDX 1.7', () => {
  test.for([
    ['everything', RICH],
    ['nothing but a name', BARE],
  ] as const)('a bill of %s is valid against the published schema', ([, facts]) => {
    const bom = cycloneDxBom(facts)
    expect(isCycloneDx(bom), JSON.stringify(isCycloneDx.errors)).toBe(true)
  })

  test('card, data, ancestors, run, packages and weaknesses are in it', () => {
    const bom = cycloneDxBom(RICH)
    expect(bom).toMatchObject({
      metadata: {
        component: {
          type: 'machine-learning-model',
          name: 'bert',
          licenses: [{ license: { id: 'Apache-2.0' } }],
          pedigree: { ancestors: [{ name: 'base', version: BASE }] },
          modelCard: {
            modelParameters: {
              task: 'text-classification',
              architectureFamily: 'bert',
              modelArchitecture: 'BertForSequenceClassification',
              inputs: [{ format: 'text' }],
              outputs: [{ format: 'label' }],
            },
            quantitativeAnalysis: {
              performanceMetrics: [
                { type: 'accuracy', value: '0.91', slice: 'GLUE, test, text-classification' },
                { type: 'rouge', value: '{"a":1}' },
              ],
            },
            considerations: {
              useCases: ['Sentiment.'],
              technicalLimitations: ['English only.'],
              ethicalConsiderations: [{ name: 'Mind the bias.' }],
            },
          },
        },
      },
      formulation: [{ workflows: [{ name: 'train', outputs: [{ resource: { ref: 'model' } }] }] }],
      vulnerabilities: [
        { id: 'pickle/high', affects: [{ ref: 'file-1' }] },
        { id: 'CVE-2025-1716', ratings: [{ score: 9.8 }] },
      ],
      compositions: [{ aggregate: 'incomplete', assemblies: ['file-1'] }],
    })
    expect(list(bom.components).map(({ name }) => name)).toEqual([
      ...['a.pkl', 'README.md', 'reviews', 'imdb', 'org/own', 'glue', 'torch'],
    ])
    const known = list(bom.components).find(({ name }) => name === 'reviews')
    expect(known?.properties).toContainEqual({ name: 'sallyport:known-by', value: 'provenance' })
  })

  test('every reference leads to an element', () => {
    const bom = cycloneDxBom(RICH)
    const text = JSON.stringify(bom)
    const made = new Set([...text.matchAll(/"bom-ref":"([^"]+)"/g)].map((match) => match[1]))
    for (const [, ref = ''] of text.matchAll(/"ref":"([^"]+)"/g)) expect(made).toContain(ref)
  })

  test('the same facts make the same bill, and another byte another number', () => {
    expect(cycloneDxBom(RICH)).toEqual(cycloneDxBom(RICH))
    expect(cycloneDxBom({ ...RICH, name: 'b' }).serialNumber).not.toBe(cycloneDxBom(RICH).serialNumber)
  })
})

describe('SPDX 3.0.1', () => {
  test.for([
    ['everything', RICH],
    ['nothing but a name', BARE],
  ] as const)('a document of %s is valid against the published schema', ([, facts]) => {
    const document = spdxBom(facts)
    expect(isSpdx(document), JSON.stringify(isSpdx.errors?.slice(0, 3))).toBe(true)
  })

  test('the AI and Dataset profiles are in it, with their relationships', () => {
    const graph = list(spdxBom(RICH)['@graph'])
    const [model] = graph.filter(({ type }) => type === 'ai_AIPackage')
    expect(model).toMatchObject({
      name: 'bert',
      ai_domain: ['text-classification'],
      ai_typeOfModel: ['BertForSequenceClassification', 'bert'],
      ai_limitation: 'English only.',
      ai_metric: [
        { key: 'accuracy (GLUE)', value: '0.91' },
        { key: 'rouge (GLUE)', value: '{"a":1}' },
      ],
    })
    const relations = graph.flatMap(({ relationshipType }) =>
      relationshipType === undefined ? [] : [relationshipType],
    )
    for (const one of [
      ...['contains', 'trainedOn', 'testedOn', 'descendantOf', 'hasDeclaredLicense', 'hasConcludedLicense'],
      ...['dependsOn', 'hasAssociatedVulnerability', 'hasInput', 'hasOutput'],
    ])
      expect(relations).toContain(one)
  })

  test('every reference leads to an element or to one of SPDX itself', () => {
    const graph = list(spdxBom(RICH)['@graph'])
    const ids = new Set(graph.map(({ spdxId }) => spdxId))
    for (const { from, to, element, rootElement } of graph)
      for (const id of [from, to, element, rootElement].flat())
        if (id !== undefined && !String(id).startsWith('https://spdx.org/')) expect(ids).toContain(id)
  })
})

test('hostile names and papers stay text, and the bills stay valid', () => {
  const hostile = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(hostile, hostile, hostile, (name, word, url) => {
      const facts: BomFacts = {
        ...RICH,
        name,
        card: { ...RICH.card, pipelineTag: word, tags: [word, name], datasets: [word], license: name },
        config: { family: word },
        provenance: RICH.provenance.map((told) => ({
          ...told,
          predicate: {
            ...told.predicate,
            buildDefinition: {
              buildType: url,
              externalParameters: { [name]: word },
              resolvedDependencies: [{ name: word, uri: url, digest: { [word]: name } }],
            },
          },
        })),
      }
      expect(isCycloneDx(cycloneDxBom(facts)), JSON.stringify(isCycloneDx.errors)).toBe(true)
      expect(isSpdx(spdxBom(facts)), JSON.stringify(isSpdx.errors?.slice(0, 2))).toBe(true)
    }),
    { numRuns: process.env.SALLYPORT_FULL === '1' ? 40 : 5 },
  )
})
