import { findUpwards } from '../../repository/code-references.ts'
import { folderOf } from '../../repository/reached-code.ts'
import { example, type ModelRule, type Observation } from '../../rule.ts'
import type { RepositorySubject } from '../../subjects/repository-subject.ts'
import { INERT, jsonExample, withFiles } from './beside.ts'

const BENTO = 'service: "service:Iris"\ninclude: ["*.py"]\n'

export const missingService: ModelRule = {
  id: 'repository/missing-service',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The model server is told to import code that is not here',
  source: 'https://docs.bentoml.com/en/latest/reference/bentoml/bento-build-options.html',
  taxonomy: ['CWE-829', 'CWE-427', 'AML.T0011.000'],
  why: 'BentoML and MLServer import the module that the configuration names. Where it is not part of the model, it is whatever the server finds under that name.',
  remedy: 'Bring the code of the service, or name a runtime of the server itself.',
  examples: {
    fires: [
      withFiles(example('bentofile.yaml', BENTO)),
      withFiles(jsonExample('model-settings.json', { name: 'm', implementation: 'acme_runtime.Runtime' })),
    ],
    silent: [
      withFiles(example('bentofile.yaml', BENTO), ['service.py', INERT]),
      withFiles(jsonExample('model-settings.json', { name: 'm', implementation: 'runtime.Acme' }), [
        'runtime.py',
        INERT,
      ]),
      withFiles(
        jsonExample('model-settings.json', { name: 'm', implementation: 'mlserver_xgboost.XGBoostModel' }),
      ),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'repository') return []
    return [...subject.texts].flatMap(([path, text]) => {
      const named = serviceOf(subject, path, text)
      if (named === undefined || isHere(subject, path, named.module)) return []
      const { key, module } = named
      return [{ path, key, message: `${key} is ${module}, which is not in this repository`, call: module }]
    }) satisfies readonly Observation[]
  },
}

/** The module that a configuration names as the service. */
function serviceOf(
  subject: RepositorySubject,
  path: string,
  text: string,
): { readonly key: string; readonly module: string } | undefined {
  if (/(?:^|\/)bentofile\.ya?ml$/i.test(path)) {
    const module = /^service:[ \t]*["']?([\w./]{1,200}):/m.exec(text)?.[1]
    return module === undefined ? undefined : { key: 'service', module: module.replace(/\.py$/, '') }
  }
  if (!/(?:^|\/)model-settings\.json$/i.test(path)) return undefined
  const document = subject.documents.get(path)
  if (typeof document !== 'object' || document === null || !('implementation' in document)) return undefined
  const { implementation } = document
  if (typeof implementation !== 'string' || /^mlserver(?:_\w+)?\./.test(implementation)) return undefined
  return { key: 'implementation', module: implementation.split('.').slice(0, -1).join('.') }
}

function isHere(subject: RepositorySubject, path: string, module: string): boolean {
  const file = module.replaceAll('.', '/')
  return [`${file}.py`, `${file}/__init__.py`].some(
    (one) => findUpwards(subject, folderOf(path), one) !== undefined,
  )
}
