import { type CardEvaluation, sectionAbout } from '../../formats/model-card/index.ts'
import { type BomFacts, type Json, shown, some } from './bom-facts.ts'

/** What goes in and out, by the task's name on Hugging Face (huggingface.co/tasks). */
const FORMATS: readonly (readonly [task: RegExp, input: string, output: string])[] = [
  [
    /^(text-generation|text2text-generation|summarization|translation|fill-mask|conversational)$/,
    'text',
    'text',
  ],
  [/^(text|token|zero-shot)-classification$/, 'text', 'label'],
  [/^(feature-extraction|sentence-similarity)$/, 'text', 'vector'],
  [/^(text-to-image|unconditional-image-generation)$/, 'text', 'image'],
  [/^(image-classification|object-detection|image-segmentation)$/, 'image', 'label'],
  [/^(image-to-text|image-text-to-text|visual-question-answering)$/, 'image', 'text'],
  [/^automatic-speech-recognition$/, 'audio', 'text'],
  [/^text-to-(speech|audio)$/, 'text', 'audio'],
  [/^tabular-(classification|regression)$/, 'table', 'label'],
]

/** The modelCard of a bill: parameters, measures and considerations, as the model's papers and tests tell them. */
export function modelCardOf(facts: BomFacts, datasetRefs: readonly string[]): Json {
  const parameters = parametersOf(facts, datasetRefs)
  const metrics = facts.card.evaluations.flatMap(metricsOf)
  const bare = metrics.length === 0 ? facts.card.metrics.map((type) => ({ type: shown(type) })) : metrics
  const considerations = considerationsOf(facts)
  return {
    'bom-ref': 'model-card',
    ...(Object.keys(parameters).length === 0 ? {} : { modelParameters: parameters }),
    ...(bare.length === 0 ? {} : { quantitativeAnalysis: { performanceMetrics: bare } }),
    ...(Object.keys(considerations).length === 0 ? {} : { considerations }),
    ...some('properties', claimsOf(facts)),
  }
}

function parametersOf({ card, config }: BomFacts, datasetRefs: readonly string[]): Json {
  const task = card.pipelineTag
  const formats = FORMATS.find(([pattern]) => task !== undefined && pattern.test(task))
  const isReinforced = card.tags.includes('reinforcement-learning') || task === 'reinforcement-learning'
  return {
    ...(isReinforced ? { approach: { type: 'reinforcement-learning' } } : {}),
    ...some('task', task === undefined ? undefined : shown(task)),
    ...some('architectureFamily', config.family === undefined ? undefined : shown(config.family)),
    ...some('modelArchitecture', config.architecture === undefined ? undefined : shown(config.architecture)),
    ...some(
      'datasets',
      datasetRefs.map((ref) => ({ ref })),
    ),
    ...(formats === undefined ? {} : { inputs: [{ format: formats[1] }], outputs: [{ format: formats[2] }] }),
  }
}

function metricsOf({ metrics, dataset, task }: CardEvaluation): readonly Json[] {
  const where = [dataset?.name ?? dataset?.type, dataset?.config, dataset?.split, task?.type]
    .filter((part) => part !== undefined)
    .join(', ')
  return metrics.map(({ type, value }) => ({
    type: shown(type),
    value: shown(typeof value === 'object' ? JSON.stringify(value) : String(value)),
    ...(where === '' ? {} : { slice: shown(where) }),
  }))
}

function considerationsOf({ card }: BomFacts): Json {
  const list = (text: string | undefined) => (text === undefined ? undefined : [shown(text)])
  const ethics = sectionAbout(card, 'ethics')
  return {
    ...some('useCases', list(sectionAbout(card, 'uses'))),
    ...some(
      'technicalLimitations',
      [sectionAbout(card, 'limitations'), sectionAbout(card, 'outOfScope')].flatMap(
        (text) => list(text) ?? [],
      ),
    ),
    ...some('ethicalConsiderations', ethics === undefined ? undefined : [{ name: shown(ethics) }]),
  }
}

/** What CycloneDX has no word for, and what nobody proved: under names that say so. */
function claimsOf({ card, claims, tests }: BomFacts): readonly Json[] {
  const claim = (key: string, values: readonly (string | undefined)[]): readonly Json[] =>
    values.flatMap((value) =>
      value === undefined ? [] : [{ name: `sallyport:claim:${key}`, value: shown(value) }],
    )
  return [
    ...claim('base_model', claims.length > 0 ? claims.map(({ name }) => name) : card.baseModels),
    ...claim('base_model_relation', [card.baseModelRelation]),
    ...claim('language', card.languages),
    ...claim('library_name', [card.libraryName]),
    ...claim('new_version', [card.newVersion]),
    ...claim('co2_eq_grams', [card.emissions === undefined ? undefined : String(card.emissions.grams)]),
    ...tests.map(({ predicate, statement }) => ({
      name: 'sallyport:test-result',
      value: `${predicate.result} (${statement})`,
    })),
  ]
}
