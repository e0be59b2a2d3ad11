import type { ImportPolicy } from '../import-policy.ts'
import type { ConfigPart } from '../subjects/config-subject.ts'
import { calleeRole, isDottedName } from './callee-role.ts'
import { resolveText } from './interpolation.ts'

/** Values looked at. The largest configuration seen has 30,000. */
const MAX_NODES = 500_000
const MAX_DEPTH = 200
const MAX_PARTS = 50
const MAX_SHOWN = 200

/** Keys whose value is called by the framework that reads them: Hydra, NeMo, Lightning CLI, torchtune, spock, jsonpickle. */
const CALLED = new Set([
  '_target_',
  '__target__',
  'class_path',
  '_component_',
  '_callable_',
  '__class_path__',
  // jsonpickle.decode imports these by name, and calls the function of a py/reduce.
  'py/object',
  'py/function',
])
/** Keys that name code in some frameworks and anything in others: only what acts is told of. */
const MAYBE_CALLED =
  /^(?:type|cls|class|_class_|class_name|func|function|fn|callable|factory|target|path|init|handler|module|entry_point|entrypoint|import_path|object_path|custom_class|loader|processor|constructor|callback|hook|activation|activation_function|act_fn|loss|optimizer|__init__|\(\))$/

interface Search {
  readonly root: unknown
  readonly policy: ImportPolicy
  readonly parts: ConfigPart[]
  nodesLeft: number
}

/** The parts of a configuration that name code, all documents of it. */
export function configParts(
  root: unknown,
  policy: ImportPolicy,
): { parts: readonly ConfigPart[]; isCut: boolean } {
  const search: Search = { root, policy, parts: [], nodesLeft: MAX_NODES }
  const isWhole = visit(search, root, '', 0)
  return { parts: search.parts.slice(0, MAX_PARTS), isCut: !isWhole }
}

/** False when a limit was reached. */
function visit(search: Search, node: unknown, path: string, depth: number): boolean {
  if (typeof node === 'string') return noteText(search, node, path)
  if (typeof node !== 'object' || node === null) return true
  if (depth > MAX_DEPTH || --search.nodesLeft < 0) return false
  const isArray = Array.isArray(node)
  if (!isArray) noteObject(search, node, path)
  let isWhole = true
  for (const [key, value] of Object.entries(node)) {
    // Numbers, of which some arrays are full, need no path.
    if (typeof value !== 'object' && typeof value !== 'string') continue
    isWhole = visit(search, value, isArray ? `${path}[${key}]` : innerPath(path, key), depth + 1) && isWhole
  }
  return isWhole
}

function innerPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function noteObject(search: Search, node: object, path: string): void {
  for (const [key, value] of Object.entries(node)) {
    const at = innerPath(path, key)
    if (typeof value === 'string' && value !== '') noteCallee(search, node, key, { value, at })
    if (key === 'py/repr' && typeof value === 'string') noteEvaluated(search, value, at)
    if (key === 'searchpath' && /(?:^|\.)hydra$/.test(path)) noteSearchPath(search, value, at)
  }
}

interface Named {
  readonly value: string
  readonly at: string
}

function noteCallee(search: Search, node: object, key: string, { value, at }: Named): void {
  const isTarget =
    key === 'target' && ('params' in node || 'args' in node || 'kwargs' in node || 'init_args' in node)
  const isCalled = CALLED.has(key) || (isTarget && isDottedName(value))
  if (!isCalled && !(MAYBE_CALLED.test(key) && isDottedName(value))) return
  const callee = resolveText(search.root, value)
  const role = calleeRole(search.policy, callee)
  const text = callOf(node, key, callee)
  const why = `${at} names ${callee.slice(0, MAX_SHOWN)}`
  if (role === 'active') {
    if (isCalled || acts(search.policy, callee))
      search.parts.push({ deed: 'active-callee', path: at, why, text })
  } else if (role === 'unknown' && isCalled)
    search.parts.push({ deed: 'unknown-callee', path: at, why, text })
}

/** Behind a key that may mean anything only what cannot be a mere label counts. */
function acts(policy: ImportPolicy, callee: string): boolean {
  return (
    /^(?:os|posix|nt|subprocess|builtins|shutil|sys|importlib|runpy|pty|ctypes|socket)[.:]/.test(callee) &&
    calleeRole(policy, callee) === 'active'
  )
}

/** The call as it would be made. */
function callOf(node: object, key: string, callee: string): string {
  const entries: [string, unknown][] = Object.entries(node)
  const args = entries.find(([name]) => name === '_args_' || name === 'args')?.[1]
  const rest = entries.filter(([name]) => name !== key && !/^_\w+_$|^args$/.test(name))
  const shown = [
    ...(Array.isArray(args) ? args.map(brief) : []),
    ...rest.slice(0, 6).map(([name, value]) => `${name}=${brief(value)}`),
  ]
  return `${callee}(${shown.join(', ')})`.slice(0, MAX_SHOWN)
}

function brief(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80))
  return typeof value === 'object' && value !== null ? '…' : String(value)
}

/** Hydra reads configurations from there; a package or a folder elsewhere may bring any of them. */
function noteSearchPath(search: Search, value: unknown, at: string): void {
  const paths = Array.isArray(value) ? value : [value]
  for (const path of paths)
    if (
      typeof path === 'string' &&
      /^(?:file:\/\/)?\/(?!workspace|app|content)|^(?:https?|s3|gs):/.test(path)
    )
      search.parts.push({
        deed: 'search-path',
        path: at,
        why: `${at} leads to ${path.slice(0, MAX_SHOWN)}`,
        text: path.slice(0, MAX_SHOWN),
      })
}

/** An address of another machine with a credential of this one behind its host: whoever holds the address is told it. */
const TOLD_SETTING =
  /\bhttps?:\/\/[^\s/$]{1,200}\/[^\s]{0,300}?\$\{\s*oc\.env\s*:\s*(?:AWS_(?:SECRET|SESSION|ACCESS)|HF_|HUGGING|GITHUB_|GH_|KAGGLE_|WANDB_|NPM_|PYPI_|SSH_|AZURE_CLIENT|GOOGLE_APP)/

/** A resolver that evaluates: `${eval:…}` and the like are registered by many projects. */
const EVALUATION = /\$\{\s*(?:eval|python|py|exec|resolve_python|lambda)\s*:([^}]{0,500})/

/** jsonpickle evaluates the text behind the module and a slash. */
function noteEvaluated(search: Search, text: string, path: string): void {
  const why = `${path} has the loader evaluate a text`
  search.parts.push({ deed: 'evaluation', path, why, text: text.slice(0, MAX_SHOWN) })
}

function noteText(search: Search, text: string, path: string): true {
  if (!text.includes('${')) return true
  if (TOLD_SETTING.test(text))
    search.parts.push({
      deed: 'told-setting',
      path,
      why: `${path} puts a credential of the machine into an address`,
      text: text.slice(0, MAX_SHOWN),
    })
  const found = EVALUATION.exec(text)
  const code = found?.[1]
  if (
    code !== undefined &&
    /__\w+__|\b(?:os|subprocess|sys|shutil|importlib)\s*\.|\b(?:open|exec|eval|compile|getattr)\s*\(/.test(
      code,
    )
  )
    search.parts.push({
      deed: 'evaluation',
      path,
      why: `${path} has the loader evaluate a text`,
      text: (found?.[0] ?? '').slice(0, MAX_SHOWN),
    })
  return true
}
