import { sectionAbout, spdxIdOfLicense } from '../../formats/model-card/index.ts'
import { type BomFacts, datasetsOf, type Json, shown, some } from './bom-facts.ts'
import { spdxBuilds } from './spdx-builds.ts'
import { type SpdxPad, spdxPad } from './spdx-pad.ts'

const TERMS = 'https://spdx.org/rdf/3.0.1/terms'
/** Ancestors and dictionary entries that are written out. */
const MAX_LIST = 200

/**
 * A model as SPDX 3.0.1 JSON-LD with the AI, Dataset, Build and Security profiles: what the CycloneDX bill says, in SPDX's
 * words. `releaseTime`, `suppliedBy` and the like, which the AI profile wants, stand only where somebody said them: nothing
 * is made up. Source: spdx/spdx-3-model, model/AI and model/Dataset.
 */
export function spdxBom(facts: BomFacts): Json {
  const pad = spdxPad(facts)
  const model = modelOf(facts, pad)
  filesOf(facts, pad, model)
  licensesOf(facts, pad, model)
  dataOf(facts, pad, model)
  ancestorsOf(facts, pad, model)
  packagesOf(facts, pad, model)
  weaknessesOf(facts, pad, model)
  spdxBuilds(facts, pad, model)
  const sbom = pad.add('software_Sbom', {
    name: `Bill of materials of ${shown(facts.name, 400)}`,
    software_sbomType: ['analyzed'],
    rootElement: [model],
    element: pad.ids(),
  })
  pad.add('SpdxDocument', {
    name: shown(facts.name, 400),
    dataLicense: pad.license('CC0-1.0'),
    profileConformance: ['core', 'software', 'simpleLicensing', 'dataset', 'build', 'security'],
    rootElement: [sbom],
    element: pad.ids(),
  })
  return { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': pad.graph() }
}

function modelOf(facts: BomFacts, pad: SpdxPad): string {
  const { card, config, source, tests } = facts
  const entry = (key: string, value: string): Json => ({
    type: 'DictionaryEntry',
    key: shown(key, 400),
    value: shown(value, 2000),
  })
  const metrics = card.evaluations.flatMap(({ metrics: list, dataset }) =>
    list.map(({ type, value }) =>
      entry(
        dataset?.name === undefined ? type : `${type} (${dataset.name})`,
        typeof value === 'object' ? JSON.stringify(value) : String(value),
      ),
    ),
  )
  const settings = facts.provenance.flatMap(({ predicate }) =>
    Object.entries(predicate.buildDefinition.externalParameters)
      .filter(
        ([, value]) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean',
      )
      .map(([name, value]) => entry(name, String(value))),
  )
  const limits = [sectionAbout(card, 'limitations'), sectionAbout(card, 'outOfScope')].filter(
    (text) => text !== undefined,
  )
  const training = [sectionAbout(card, 'trainingProcedure'), sectionAbout(card, 'trainingData')].filter(
    (text) => text !== undefined,
  )
  return pad.add('ai_AIPackage', {
    name: shown(facts.name, 400),
    ...some('description', optional(sectionAbout(card, 'description'))),
    software_packageVersion: source?.version ?? facts.digest,
    software_primaryPurpose: 'model',
    ...(source === undefined ? {} : { software_downloadLocation: source.location }),
    externalIdentifier: [
      {
        type: 'ExternalIdentifier',
        externalIdentifierType: 'other',
        identifier: facts.digest,
        comment: 'SHA-256 of the canonical JSON of the names, sizes and hashes of its files',
      },
    ],
    ...some('ai_domain', card.pipelineTag === undefined ? [] : [shown(card.pipelineTag)]),
    ...some(
      'ai_typeOfModel',
      [config.architecture, config.family].flatMap((text) => (text === undefined ? [] : [shown(text)])),
    ),
    ...some('ai_metric', metrics.slice(0, MAX_LIST)),
    ...some('ai_hyperparameter', settings.slice(0, MAX_LIST)),
    ...some('ai_informationAboutTraining', optional(training.join('\n\n'))),
    ...some('ai_informationAboutApplication', optional(sectionAbout(card, 'uses'))),
    ...some('ai_limitation', optional(limits.join('\n\n'))),
    ...some(
      'comment',
      tests.length === 0 ? undefined : `Tests: ${tests.map(({ predicate }) => predicate.result).join(', ')}`,
    ),
  })
}

function optional(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : shown(text)
}

function filesOf(facts: BomFacts, pad: SpdxPad, model: string): void {
  const files = facts.files.map(({ name, sha256 }) =>
    pad.add('software_File', {
      name: shown(name, 4096),
      verifiedUsing: [{ type: 'Hash', algorithm: 'sha256', hashValue: sha256 }],
    }),
  )
  pad.relate(model, 'contains', files)
}

function licensesOf({ card, source }: BomFacts, pad: SpdxPad, model: string): void {
  const license = card.license ?? source?.license
  const id = license === undefined ? undefined : spdxIdOfLicense(license)
  const declared = id === undefined ? `${TERMS}/Licensing/NoAssertion` : pad.license(id)
  pad.relate(
    model,
    'hasDeclaredLicense',
    [declared],
    id === undefined ? (card.licenseName ?? license) : undefined,
  )
  pad.relate(model, 'hasConcludedLicense', [`${TERMS}/Licensing/NoAssertion`])
}

function dataOf(facts: BomFacts, pad: SpdxPad, model: string): void {
  for (const { name, digest, isProven, isForTests } of datasetsOf(facts)) {
    const data = pad.add('dataset_DatasetPackage', {
      name: shown(name, 400),
      dataset_datasetType: ['noAssertion'],
      software_primaryPurpose: 'data',
      ...some('software_packageVersion', digest),
    })
    const comment = isProven ? undefined : 'Claimed by the model card.'
    pad.relate(model, isForTests ? 'testedOn' : 'trainedOn', [data], comment)
  }
}

function ancestorsOf({ lineage, digest }: BomFacts, pad: SpdxPad, model: string): void {
  const ids = new Map<string, string>([[digest, model]])
  const before = (lineage?.nodes ?? []).filter(
    ({ id, kind, step, claimed }) =>
      !claimed && step < 0 && id !== digest && (kind === 'model' || kind === 'hub-model'),
  )
  for (const { id, name } of before.slice(0, MAX_LIST))
    ids.set(
      id,
      pad.add('ai_AIPackage', {
        name: shown(name, 400),
        software_packageVersion: id,
        software_primaryPurpose: 'model',
      }),
    )
  for (const { from, to, relation, claimed } of lineage?.links ?? []) {
    const [parent, child] = [ids.get(from), ids.get(to)]
    if (parent !== undefined && child !== undefined && !claimed)
      pad.relate(child, 'descendantOf', [parent], relation)
  }
}

function packagesOf({ dependencies }: BomFacts, pad: SpdxPad, model: string): void {
  const unique = new Map(dependencies.map((component) => [component.purl, component]))
  const packages = [...unique.values()].map(({ name, version, purl }) =>
    pad.add('software_Package', {
      name: shown(name, 400),
      ...some('software_packageVersion', version === undefined ? undefined : shown(version, 200)),
      software_packageUrl: shown(purl, 1000),
    }),
  )
  if (packages.length > 0) pad.relate(model, 'dependsOn', packages)
}

function weaknessesOf({ assessment, vulns }: BomFacts, pad: SpdxPad, model: string): void {
  const findings = (assessment?.files ?? []).flatMap((file) => file.findings)
  const rules = new Map(
    findings.filter(({ severity }) => severity !== 'info').map((one) => [one.ruleId, one]),
  )
  const found = [...rules.values()].map(({ ruleId, title, remedy }) =>
    pad.add('security_Vulnerability', {
      name: ruleId,
      summary: shown(title, 400),
      description: shown(remedy, 2000),
    }),
  )
  const known = vulns.flatMap(({ predicate }) =>
    predicate.scanner.result.map(({ id }) =>
      pad.add('security_Vulnerability', {
        name: shown(id, 200),
        externalIdentifier: [
          {
            type: 'ExternalIdentifier',
            externalIdentifierType: /^CVE-\d{4}-\d+$/.test(id) ? 'cve' : 'securityOther',
            identifier: shown(id, 200),
          },
        ],
      }),
    ),
  )
  if (found.length + known.length > 0) pad.relate(model, 'hasAssociatedVulnerability', [...found, ...known])
}
