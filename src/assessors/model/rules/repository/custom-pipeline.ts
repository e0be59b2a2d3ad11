import lists from '../../../../../catalog/rules-metadata/diffusers-modules.json' with { type: 'json' }
import { findUpwards } from '../../repository/code-references.ts'
import { folderOf } from '../../repository/reached-code.ts'
import type { ModelRule, Observation } from '../../rule.ts'
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
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'repository') return []
    return [...subject.documents].flatMap(([path, document]) => {
      if (!isRecord(document)) return []
      const own = /(?:^|\/)model_index\.json$/.test(path) ? partsOf(subject, path, document) : []
      const custom = document.custom_pipeline ?? document.custom_pipelines
      return typeof custom === 'string' ? [...own, ...customOf(subject, path, custom)] : own
    })
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

function customOf(subject: RepositorySubject, path: string, custom: string): readonly Observation[] {
  const file = custom.endsWith('.py') ? custom : `${custom}.py`
  if (!custom.includes('/') && findUpwards(subject, folderOf(path), file) !== undefined) return []
  // A bare name is a pipeline of Diffusers' own community folder, or the local pipeline.py.
  if (!custom.includes('/') && !custom.includes('.')) return []
  return [{ path, key: 'custom_pipeline', message: `custom_pipeline is ${custom}`, call: custom }]
}
