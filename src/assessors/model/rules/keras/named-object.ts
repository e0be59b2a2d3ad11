import type { KerasObject } from '../../../../formats/keras/index.ts'
import type { KerasRole } from '../../keras-roles.ts'
import type { Example, ModelRule, Observation, Subject } from '../../rule.ts'
import { DENSE, kerasArchive, kerasConfig, kerasModel } from './craft-keras.ts'

const SOURCE = 'https://github.com/advisories/GHSA-48g7-3x6r-xfhp'

/** A layer whose config makes it call a function of a module. */
function calls(name: string, module: string, fn: string): Example {
  const called = { module, class_name: 'function', config: fn, registered_name: fn }
  return kerasModel(name, [{ ...DENSE, config: { name: 'dense', units: 3, activation: called } }])
}

function custom(module: string | null, registered: string): unknown {
  return { module, class_name: 'MyLayer', config: { name: 'mine' }, registered_name: registered }
}

export const activeObject: ModelRule = {
  id: 'keras/active-object',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The configuration makes its loader call something active',
  source: SOURCE,
  taxonomy: [
    'CWE-502',
    'CWE-94',
    'CVE-2025-1550',
    'CVE-2025-8747',
    'CVE-2025-9906',
    'CVE-2025-12060',
    'AML.T0011.000',
  ],
  why: 'A configuration names classes and functions by module, and Keras imports and calls them. This one names what starts programs, reads or writes files, downloads, or switches safe mode off.',
  remedy: 'Do not load the file, with or without safe mode. Find out who made it.',
  examples: {
    fires: [
      calls('a.keras', 'os', 'system'),
      calls('b.keras', 'builtins', 'exec'),
      calls('c.keras', 'keras.utils', 'get_file'),
      calls('d.keras', 'keras.config', 'enable_unsafe_deserialization'),
      calls('e.keras', 'keras.src.utils.python_utils', 'func_load'),
      calls('f.keras', 'keras.models', 'load_model'),
      kerasModel('g.keras', [
        { module: 'subprocess', class_name: 'Popen', config: { args: 'id' }, registered_name: null },
      ]),
    ],
    silent: [
      calls('h.keras', 'keras.activations', 'relu'),
      calls('i.keras', 'builtins', 'my_activation'),
      kerasModel('j.keras', [DENSE]),
    ],
  },
  check: (subject) => objectsOf(subject, 'active', 'makes the loader use'),
}

export const libraryObject: ModelRule = {
  id: 'keras/library-object',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The configuration names something that is no layer',
  source: SOURCE,
  taxonomy: ['CWE-502', 'CVE-2025-1550'],
  why: 'Layers, losses and optimizers come from Keras or from the code of the user. This name belongs to another library, and old versions of Keras would import and call it.',
  remedy: 'Ask the author what it is for; load the model with a version of Keras from 3.11 on.',
  examples: {
    fires: [calls('a.keras', 'numpy', 'linspace'), calls('b.keras', 'keras.applications', 'ResNet50')],
    silent: [
      calls('c.keras', 'keras.ops', 'relu'),
      calls('d.keras', 'tensorflow.python.ops.gen_nn_ops', 'relu'),
    ],
  },
  check: (subject) => objectsOf(subject, 'library', 'names'),
}

export const customObject: ModelRule = {
  id: 'keras/custom-object',
  severity: 'info',
  verdict: 'clean',
  title: 'The model needs code that the file does not bring',
  source: 'https://keras.io/guides/serialization_and_saving/',
  taxonomy: ['CWE-829'],
  why: 'Custom layers and functions must be registered by whoever loads the model. What they do depends on that code.',
  remedy: 'Read the code that registers them before you load the model.',
  examples: {
    fires: [
      kerasModel('a.keras', [custom(null, 'my_package>MyLayer')]),
      kerasModel('b.keras', [custom('__main__', 'MyLayer')]),
    ],
    silent: [kerasModel('c.keras', [DENSE])],
  },
  check: (subject) => objectsOf(subject, 'custom', 'needs'),
}

export const foreignModule: ModelRule = {
  id: 'keras/foreign-module',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The configuration names a module that we do not know',
  source: SOURCE,
  taxonomy: ['CWE-502', 'CWE-829', 'CVE-2025-1550'],
  why: 'Keras before 3.11 imports the module that a configuration names, and takes the class or function from it. This module is not known to be harmless; what importing it does depends on what is installed.',
  remedy: 'Read the code of the module, in the version that will load it, and register the class yourself.',
  examples: {
    fires: [kerasModel('a.keras', [custom('my_project.layers', 'MyLayer')])],
    silent: [
      kerasModel('b.keras', [custom(null, 'my_package>MyLayer')]),
      kerasModel('c.keras', [custom('my_project.layers', 'my_project>MyLayer')]),
      kerasModel('d.keras', [DENSE]),
    ],
  },
  check: (subject) => objectsOf(subject, 'foreign', 'has the loader import'),
}

export const spoofedName: ModelRule = {
  id: 'keras/spoofed-name',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A part of Keras goes by the name of a custom object',
  source: 'https://github.com/keras-team/keras/pull/22729',
  taxonomy: ['CWE-345'],
  why: 'Whoever looks at the registered name sees a custom object; the loader takes the part of Keras. Keras never writes both.',
  remedy: 'Do not load the file before you know why the names differ.',
  examples: {
    fires: [kerasModel('a.keras', [{ ...DENSE, registered_name: 'my_package>Harmless' }])],
    silent: [
      kerasModel('b.keras', [DENSE]),
      kerasArchive(
        'c.keras',
        kerasConfig([]).replace(
          '"module":"keras","class_name":"Sequential"',
          '"module":"keras.src.models.functional","class_name":"Functional"',
        ),
      ),
    ],
  },
  check: (subject) =>
    subject.kind !== 'keras'
      ? []
      : subject.objects
          .filter(({ object, role }) => role === 'builtin' && isSpoofed(object))
          .slice(0, 20)
          .map(({ object }) => ({
            key: `${object.path}\0${object.registeredName}`,
            message: `${object.path} is ${nameOf(object)}, registered as ${object.registeredName}`,
            offset: object.offset,
          })),
}

function isSpoofed({ module, name, registeredName }: KerasObject): boolean {
  if (module === undefined || registeredName === undefined || !/^(tf_)?keras(\.|$)/.test(module)) return false
  return registeredName.includes('>') && !registeredName.endsWith(`>${name}`)
}

function objectsOf(subject: Subject, wanted: KerasRole, does: string): Observation[] {
  if (subject.kind !== 'keras') return []
  const seen = new Map<string, Observation>()
  for (const { object, role } of subject.objects) {
    const name = nameOf(object)
    if (role !== wanted || seen.has(name) || seen.size >= 50) continue
    seen.set(name, {
      key: name,
      message: `${object.path} ${does} ${name}`,
      offset: object.offset,
      call: name,
    })
  }
  return [...seen.values()]
}

function nameOf({ module, name, registeredName }: KerasObject): string {
  if (module === undefined || module === '') return registeredName ?? name
  return `${module}.${name}`
}
