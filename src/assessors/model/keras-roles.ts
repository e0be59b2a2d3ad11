import roles from '../../../catalog/rules-metadata/keras-roles.json' with { type: 'json' }
import type { CodeFacts, KerasObject } from '../../formats/keras/index.ts'
import type { ImportPolicy } from './import-policy.ts'

/**
 * What a named object of a configuration is. `builtin`: part of Keras that only computes. `active`: acts when it is made or
 * called. `library`: of a library that no layer comes from. `custom`: the user's own code, which the file does not bring.
 * `foreign`: in a module that nobody here knows, not registered, so that old versions of Keras import it.
 */
export type KerasRole = 'builtin' | 'active' | 'library' | 'custom' | 'foreign'

const ROOMS = new Set(roles.modellingRooms)
const ROOT_NAMES = new Set(roles.rootNames)
const UTILITY_NAMES = new Set(roles.utilityNames)
const ACTIVE_NAMES = new Set(roles.activeNames)
const COMPANIONS = new Set(roles.companions)
const LIBRARIES = new Set(roles.libraries)
const LAMBDA_MODULES = new Set(roles.lambdaNames.modules)
const LAMBDA_CALLS = new Set(roles.lambdaNames.calls)
const LAMBDA_DUNDERS = new Set(roles.lambdaNames.dunders)
const TENSORFLOW_CALLS = new Set(roles.tensorflowCalls)

/** Ways to write `keras`, longest first. */
const KERAS =
  /^(?:tensorflow\.python\.keras|tensorflow\.keras|tf\.keras|keras\.api\._v[12]\.keras|keras\._tf_keras\.keras|keras\.api|keras|tf_keras|keras_core)(?:\.src)?(?:\.|$)/

/** Longest module path that is looked at. */
const MAX_MODULE = 300

/** The role of an object; the policy knows what is active in Python. */
export function kerasRoleOf(policy: ImportPolicy, object: KerasObject): KerasRole {
  const { module, name } = object
  if (module === undefined) return 'builtin'
  if (module === '' || module === '__main__') return 'custom'
  const path = module.slice(0, MAX_MODULE)
  const keras = KERAS.exec(path)
  return keras === null ? roleInPython(policy, path, object) : roleInKeras(path.slice(keras[0].length), name)
}

function roleInPython(policy: ImportPolicy, path: string, object: KerasObject): KerasRole {
  const { name, kind } = object
  const python = policy.roleOf(path, name)
  const isActive = python === 'active' || python === 'reach'
  if (isActive || path === 'builtins' || path === '__builtin__') return isActive ? 'active' : 'custom'
  const library = path.split('.', 1)[0] ?? ''
  if (library === 'tensorflow' || library === 'tf') return roleInTensorflow(path, name)
  if (COMPANIONS.has(library)) return 'custom'
  if (policy.roleOf(library, '*') === 'active') return 'active'
  if (!LIBRARIES.has(library)) return roleOfStranger(object)
  return kind === 'class' && (python === 'class' || python === 'callable') ? 'custom' : 'library'
}

/** Registered under a package, it is taken from what the user registered, not from the module. */
function roleOfStranger({ name, registeredName }: KerasObject): KerasRole {
  return registeredName?.endsWith(`>${name}`) === true ? 'custom' : 'foreign'
}

function roleInKeras(rest: string, name: string): KerasRole {
  if (ACTIVE_NAMES.has(name)) return 'active'
  const room = rest.split('.', 1)[0] ?? ''
  if (room === '') return ROOT_NAMES.has(name) ? 'builtin' : 'library'
  if (ROOMS.has(room)) return 'builtin'
  if (UTILITY_NAMES.has(name)) return 'builtin'
  // Other parts of Keras are tools: they download, read folders, load models, or change how the next one is loaded.
  return room === 'utils' || room === 'saving' || room === 'config' || room === 'datasets'
    ? 'active'
    : 'library'
}

function roleInTensorflow(module: string, name: string): KerasRole {
  const path = `${module}.${name}`
    .replace(/^(tensorflow|tf)\./, '')
    .replace(/^python\.(ops|framework)\.\w+\./, '')
  return isActiveTensorflow(path) ? 'active' : 'builtin'
}

/** Whether a function of TensorFlow, named as under `tf.`, reads files, runs Python or loads libraries. */
export function isActiveTensorflow(path: string): boolean {
  const parts = path.split('.', 6)
  const isRaw = /^(raw_ops|compat)\./.test(path)
  if (isRaw) return TENSORFLOW_OP.test(parts.at(-1) ?? '') || TENSORFLOW_CALLS.has(parts.at(-1) ?? '')
  return parts.some((_, i) => TENSORFLOW_CALLS.has(parts.slice(0, i + 1).join('.')))
}

const TENSORFLOW_OP =
  /^(ReadFile|WriteFile|MatchingFiles|.*PyFunc.*|Save.*|Restore.*|LoadLibrary|.*Dataset.*|.*Reader.*|Print.*|WriteSummary.*|CreateSummary.*)$/

/** Names of a compiled function that reach beyond computing: active calls, modules, and ways around. */
export function activeNamesOf(code: CodeFacts): string[] {
  const direct = code.names.filter(
    (name) => LAMBDA_CALLS.has(name) || LAMBDA_MODULES.has(name) || LAMBDA_DUNDERS.has(name),
  )
  // `getattr(x, 'sys' + 'tem')`: the names stand in texts.
  const isIndirect = code.names.includes('getattr') || code.names.includes('__dict__')
  const texts = isIndirect
    ? code.texts.filter((text) => LAMBDA_CALLS.has(text) || LAMBDA_DUNDERS.has(text))
    : []
  return [...new Set([...direct, ...texts])]
}
