import type { CodeFacts } from '../../../../formats/keras/index.ts'
import { activeNamesOf } from '../../keras-roles.ts'
import { example, type ModelRule, type Observation, type Subject } from '../../rule.ts'
import {
  ACTIVE_CODE,
  DENSE,
  HARMLESS_CODE,
  kerasHdf5,
  kerasModel,
  newLambda,
  oldLambda,
} from './craft-keras.ts'

const SOURCE = 'https://github.com/advisories/GHSA-x4wf-678h-2pmq'

export const lambdaActive: ModelRule = {
  id: 'keras/lambda-active',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Python code in the model reaches the system',
  source: SOURCE,
  taxonomy: ['CWE-94', 'CWE-502', 'CVE-2024-3660', 'CVE-2025-9905', 'CVE-2026-12481', 'AML.T0011.000'],
  why: 'The layer carries compiled Python code, which runs when the model is loaded or used. This code does more than compute.',
  remedy: 'Do not load the file, with or without safe mode. Find out who made it.',
  examples: {
    fires: [
      kerasHdf5('a.h5', [oldLambda(ACTIVE_CODE)]),
      kerasModel('b.keras', [DENSE, newLambda(ACTIVE_CODE)]),
      kerasModel('c.keras', [newLambda(ACTIVE_CODE, { class_name: 'Odd', registered_name: 'Custom>Odd' })]),
      example('model.json', JSON.stringify({ class_name: 'Sequential', config: [oldLambda(ACTIVE_CODE)] })),
      example(
        'model.yaml',
        `class_name: Sequential\nconfig:\n- class_name: Lambda\n  config:\n    function: [${ACTIVE_CODE}, null, null]\n`,
      ),
    ],
    silent: [kerasModel('d.keras', [newLambda(HARMLESS_CODE)]), kerasModel('e.keras', [DENSE])],
  },
  check: (subject) => lambdasOf(subject, true),
}

export const lambdaLayer: ModelRule = {
  id: 'keras/lambda',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The model brings Python code of its own',
  source: SOURCE,
  taxonomy: ['CWE-94', 'CVE-2024-3660', 'CVE-2025-9905'],
  why: 'A Lambda layer is compiled Python code inside the model. It runs when the model is loaded or used, with all rights of the process.',
  remedy:
    'Ask for a model in which the layer is replaced by ordinary ones or by a class whose source you can read.',
  examples: {
    fires: [kerasHdf5('a.h5', [oldLambda(HARMLESS_CODE)]), kerasModel('b.keras', [newLambda(HARMLESS_CODE)])],
    silent: [kerasModel('c.keras', [DENSE]), kerasHdf5('d.h5', [oldLambda(ACTIVE_CODE)])],
  },
  check: (subject) => lambdasOf(subject, false),
}

function lambdasOf(subject: Subject, isActive: boolean): Observation[] {
  if (subject.kind !== 'keras') return []
  return subject.view.lambdas
    .map(({ path, offset, code }) => ({
      path,
      offset,
      code,
      active: code === undefined ? [] : activeNamesOf(code),
    }))
    .filter(({ active }) => active.length > 0 === isActive)
    .slice(0, 50)
    .map(({ path, offset, code, active }) => ({
      key: path,
      message: messageOf(path, code, active),
      offset,
      ...(code === undefined ? {} : { call: describe(code) }),
    }))
}

function messageOf(path: string, code: CodeFacts | undefined, active: readonly string[]): string {
  if (code === undefined) return `${path} holds compiled Python code that could not be read`
  return active.length === 0
    ? `${path} holds compiled Python code`
    : `${path} holds compiled Python code that uses ${active.slice(0, 10).join(', ')}`
}

/** Names and texts of the code, for a person. */
function describe({ names, texts }: CodeFacts): string {
  const shown = texts.filter((text) => text !== '').map((text) => JSON.stringify(text.slice(0, 100)))
  return `names: ${names.slice(0, 30).join(', ')}; constants: ${shown.slice(0, 15).join(', ')}`
}
