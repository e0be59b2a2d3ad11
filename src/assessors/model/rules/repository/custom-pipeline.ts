import lists from '../../../../../catalog/rules-metadata/diffusers-modules.json' with { type: 'json' }
import { findUpwards, referenceOf } from '../../repository/code-references.ts'
import { folderOf } from '../../repository/reached-code.ts'
import { example, type ModelRule, type Observation } from '../../rule.ts'
import type { RepositorySubject } from '../../subjects/repository-subject.ts'
import { INERT, jsonExample, withFiles } from './beside.ts'

export const customPipeline: ModelRule = {
  id: 'repository/custom-pipeline',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The pipeline is made of code that is not known',
  source: 'https://huggingface.co/docs/diffusers/main/en/using-diffusers/custom_pipeline_overview',
  taxonomy: ['CWE-829', 'AML.T0011.000'],
  why: 'model_index.json names the modules that Diffusers imports for each part of a pipeline, and custom_pipeline names code of this or another repository.',
  remedy: 'Use a pipeline of Diffusers, or bring the code, read it and pin its revision.',
  examples: {
    fires: [
      withFiles(
        jsonExample('model_index.json', {
          _class_name: ['pipeline_acme', 'AcmePipeline'],
          unet: ['diffusers', 'UNet2DConditionModel'],
        }),
      ),
      withFiles(
        jsonExample('model_index.json', { _class_name: 'StableDiffusionPipeline', unet: ['os', 'system'] }),
      ),
      withFiles(jsonExample('config.json', { custom_pipeline: 'acme/other-pipeline' })),
      withFiles(
        jsonExample('config.json', {
          custom_pipelines: { 'acme-task': { impl: 'acme/other--pipe.Acme', pt: ['AutoModel'] } },
        }),
      ),
      withFiles(
        example(
          'README.md',
          '---\nlibrary_name: diffusers\ncustom_pipeline: acme/other-pipeline\n---\n# A\n',
        ),
      ),
    ],
    silent: [
      withFiles(
        jsonExample('model_index.json', {
          _class_name: 'StableDiffusionPipeline',
          safety_checker: ['stable_diffusion', 'StableDiffusionSafetyChecker'],
          unet: ['diffusers', 'UNet2DConditionModel'],
          feature_extractor: [null, null],
        }),
      ),
      withFiles(
        jsonExample('model_index.json', {
          _class_name: ['pipeline', 'AcmePipeline'],
          unet: ['acme_unet', 'Acme'],
        }),
        ['pipeline.py', INERT],
        ['unet/acme_unet.py', INERT],
      ),
      withFiles(
        jsonExample('config.json', {
          custom_pipelines: { 'acme-task': { impl: 'pipe.Acme', pt: ['AutoModel'] } },
        }),
        ['pipe.py', INERT],
      ),
      withFiles(
        example(
          'README.md',
          '---\nlicense: mit\n---\n# A\n\n```\ncustom_pipeline: acme/other-pipeline\n```\n',
        ),
      ),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'repository') return []
    const inDocuments = [...subject.documents].flatMap(([path, document]) => {
      if (!isRecord(document)) return []
      const own = /(?:^|\/)model_index\.json$/.test(path) ? partsOf(subject, path, document) : []
      const { custom_pipeline: one, custom_pipelines: many } = document
      return [...own, ...[one, many].flatMap((custom) => customsOf(subject, path, custom))]
    })
    const inCards = [...subject.texts].flatMap(([path, text]) =>
      /\.md$/i.test(path) ? cardOf(subject, path, text) : [],
    )
    return [...inDocuments, ...inCards]
  },
}

const KNOWN = new Set(lists.modules)

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function partsOf(
  subject: RepositorySubject,
  path: string,
  document: Readonly<Record<string, unknown>>,
): readonly Observation[] {
  return Object.entries(document).flatMap(([part, value]) => {
    const [module, name] = Array.isArray(value) ? value : []
    if (typeof module !== 'string' || typeof name !== 'string') return []
    if (KNOWN.has(module.split('.')[0] ?? '') && !module.includes('--')) return []
    const file = `${module.replace(/\.py$/, '')}.py`
    const isHere = [file, `${part}/${file}`].some(
      (one) => findUpwards(subject, folderOf(path), one) !== undefined,
    )
    if (isHere) return []
    return [
      {
        path,
        key: part,
        message: `${part} is ${name} of ${module}, which is neither here nor known`,
        call: `${module}.${name}`,
      },
    ]
  })
}

/** One pipeline of Diffusers, or those of Transformers by task, https://huggingface.co/docs/transformers/main/en/add_new_pipeline. */
function customsOf(subject: RepositorySubject, path: string, custom: unknown): readonly Observation[] {
  if (typeof custom === 'string') return customOf(subject, path, custom)
  if (!isRecord(custom)) return []
  return Object.entries(custom).flatMap(([task, value]) => {
    const reference = isRecord(value) ? value.impl : undefined
    if (typeof reference !== 'string') return []
    const key = `custom_pipelines.${task}`
    const { place, target } = referenceOf(subject, { path, key, reference })
    if (place === 'here') return []
    const where = place === 'missing' ? `${target} is not in this repository` : `it is code of ${target}`
    return [{ path, key, message: `${key} names ${reference}: ${where}`, call: reference }]
  })
}

/** Characters of the front matter of a model card. The longest have 20,000. */
const MAX_FRONT_MATTER = 200_000

/** The pipeline that a model card names in its front matter. */
function cardOf(subject: RepositorySubject, path: string, text: string): readonly Observation[] {
  const front = text.startsWith('---\n') ? text.slice(4, MAX_FRONT_MATTER).split(/^---/m, 1)[0] : undefined
  const found = /^custom_pipelines?:[ \t]*["']?([\w./-]{1,300})/m.exec(front ?? '')?.[1]
  return found === undefined ? [] : customOf(subject, path, found)
}

function customOf(subject: RepositorySubject, path: string, custom: string): readonly Observation[] {
  const file = custom.endsWith('.py') ? custom : `${custom}.py`
  if (!custom.includes('/') && findUpwards(subject, folderOf(path), file) !== undefined) return []
  // A bare name is a pipeline of Diffusers' own community folder, or the local pipeline.py.
  if (!custom.includes('/') && !custom.includes('.')) return []
  return [{ path, key: 'custom_pipeline', message: `custom_pipeline is ${custom}`, call: custom }]
}
