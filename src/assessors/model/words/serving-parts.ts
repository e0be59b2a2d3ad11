import type { ImportPolicy } from '../import-policy.ts'
import { pathEscape } from '../path-escape.ts'
import type { ConfigPart } from '../subjects/config-subject.ts'
import { calleeRole } from './callee-role.ts'

/** Characters of a config.pbtxt that are looked at. Ensembles of a hundred steps have 50 kB. */
const MAX_PBTXT_CHARS = 4 * 1024 * 1024
const MAX_SHOWN = 200
/** Applications of one configuration of Ray Serve. */
const MAX_APPLICATIONS = 1000

type Record_ = Readonly<Record<string, unknown>>

/** Files by which Triton runs code, https://github.com/triton-inference-server/python_backend#using-custom-python-execution-environments. */
const TRITON = [
  [
    /\bkey\s{0,20}:\s{0,20}["']EXECUTION_ENV_PATH["'][\s,;]{0,20}value\s{0,20}:?\s{0,20}\{\s{0,20}string_value\s{0,20}:\s{0,20}["']([^"'\n]{1,1000})["']/g,
    'EXECUTION_ENV_PATH',
    'unpacks and starts the Python of',
  ],
  [
    /\bop_library_filename\s{0,20}:\s{0,20}\[?\s{0,20}["']([^"'\n]{1,1000})["']/g,
    'op_library_filename',
    'loads the library',
  ],
] as const

/** What the configuration of a model of Triton has the server run from outside of the model's folder. */
export function tritonParts(text: string): readonly ConfigPart[] {
  const plain = text.slice(0, MAX_PBTXT_CHARS).replace(/(^|\s)#[^\n]*/g, '$1')
  return TRITON.flatMap(([pattern, path, does]) =>
    [...plain.matchAll(pattern)].flatMap(([, target = '']) => {
      const inner = target.replace(/^\$\$TRITON_MODEL_DIRECTORY\/+/, '')
      const reason = pathEscape(inner)
      return reason === undefined ? [] : [served(path, `${path} ${does} ${target}: ${reason}`, target)]
    }),
  )
}

/** What configurations of MLServer and Ray Serve have the server import or fetch. */
export function servingParts(name: string, root: unknown, policy: ImportPolicy): readonly ConfigPart[] {
  if (!isRecord(root)) return []
  if (isRecord(root.auto_mapping)) return adapterParts(root.auto_mapping, policy)
  return /(?:^|\/)model-settings\.json$/i.test(name) ? mlserverParts(root, policy) : rayParts(root)
}

/** `auto_mapping` of PEFT (peft/auto.py): the library is imported, and the class of it is taken as the base model. */
function adapterParts(mapping: Record_, policy: ImportPolicy): readonly ConfigPart[] {
  const { parent_library: library, base_model_class: name } = mapping
  // Code of the base model's own repository, which Transformers keeps under this name.
  if (typeof library !== 'string' || /^transformers_modules(?:\.|$)/.test(library)) return []
  const callee = `${library}.${typeof name === 'string' ? name : 'Model'}`.slice(0, MAX_SHOWN)
  const role = calleeRole(policy, callee)
  if (role === 'inert') return []
  const why = `auto_mapping has ${callee} imported`
  return [
    { deed: role === 'active' ? 'active-callee' : 'unknown-callee', path: 'auto_mapping', why, text: callee },
  ]
}

/** https://mlserver.readthedocs.io/en/stable/reference/model-settings.html: `implementation` is imported, `environment_tarball` unpacked and started. */
function mlserverParts(root: Record_, policy: ImportPolicy): readonly ConfigPart[] {
  const parts: ConfigPart[] = []
  const { implementation } = root
  if (typeof implementation === 'string' && calleeRole(policy, implementation) === 'active')
    parts.push({
      deed: 'active-callee',
      path: 'implementation',
      why: `implementation names ${implementation.slice(0, MAX_SHOWN)}`,
      text: implementation.slice(0, MAX_SHOWN),
    })
  const tarball = isRecord(root.parameters) ? root.parameters.environment_tarball : undefined
  const reason = typeof tarball === 'string' ? pathEscape(tarball) : undefined
  if (typeof tarball === 'string' && reason !== undefined)
    parts.push(
      served('parameters.environment_tarball', `starts the Python of ${tarball}: ${reason}`, tarball),
    )
  return parts
}

/** https://docs.ray.io/en/latest/serve/production-guide/config.html: a runtime environment may be fetched from anywhere. */
function rayParts(root: Record_): readonly ConfigPart[] {
  const applications: readonly unknown[] = Array.isArray(root.applications)
    ? root.applications.slice(0, MAX_APPLICATIONS)
    : [root]
  return applications.flatMap((one, i) => {
    if (!isRecord(one) || typeof one.import_path !== 'string' || !isRecord(one.runtime_env)) return []
    const { working_dir: folder, py_modules: modules } = one.runtime_env
    const fetched = [folder, ...(Array.isArray(modules) ? modules : [])].filter(isRemote)
    return fetched.map((from) =>
      served(`applications[${i}].runtime_env`, `the code of the application is fetched from ${from}`, from),
    )
  })
}

function isRemote(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(value) && !/^file:/i.test(value)
}

function isRecord(value: unknown): value is Record_ {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function served(path: string, why: string, text: string): ConfigPart {
  return { deed: 'served-code', path, why: why.slice(0, 2 * MAX_SHOWN), text: text.slice(0, MAX_SHOWN) }
}
