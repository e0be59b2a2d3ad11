import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import stdlib from '../../../catalog/pickle/stdlib-roles.json' with { type: 'json' }
import { STANDARD_POLICY } from './standard-policy.ts'

const COUNTS = new URL('../../../../shared/data/hf_globals_counts.json', import.meta.url)

test.for([
  ['builtins', 'eval', 'active'],
  ['__builtin__', 'eval', 'active'],
  ['builtins', 'getattr', 'attribute'],
  ['builtins', 'str.join', 'callable'],
  ['builtins', 'str.__class__', 'reach'],
  ['os', 'anything', 'active'],
  ['os\r', 'system\r', 'active'],
  ['socketserver', 'anything', 'active'],
  ['math', 'anything', 'callable'],
  ['math', 'os', 'reach'],
  ['textwrap', 'never_heard_of', 'callable'],
  ['copy', 'deepcopy', 'value'],
  ['http', 'HTTPStatus', 'callable'],
  ['http', 'HTTPStatus.OK', 'callable'],
  ['http', 'server', 'active'],
  ['pathlib', 'PosixPath', 'callable'],
  ['pathlib', 'PosixPath.touch', 'active'],
  ['torch.nn.modules.linear', 'Linear', 'callable'],
  ['torch.nn.modules.linear', 'os.system', 'reach'],
  ['torch', 'hub', 'active'],
  ['torch', 'os', 'reach'],
  ['sklearn.tree._tree', 'Tree', 'callable'],
  ['sklearn.utils', 'subprocess', 'reach'],
  ['sklearn.utils.validation', 'check_array', 'value'],
  ['sklearn.newer._module', 'NewEstimator', 'callable'],
  ['transformers.models.new.modeling_new', 'NewModel', 'class'],
  ['transformers.dynamic_module_utils', 'get_class_from_dynamic_module', 'active'],
  ['pandas', 'read_pickle', 'active'],
  ['pandas.core.frame', 'DataFrame', 'callable'],
  ['numpy', 'load', 'active'],
  ['numpy', '__builtins__', 'reach'],
  ['numpy._core.multiarray', '_reconstruct', 'callable'],
  ['cloudpickle.cloudpickle', '_make_function', 'code'],
  ['dill._dill', '_load_type', 'callable'],
  ['azureml.automl.runtime.featurization.data_transformer', 'DataTransformer', 'class'],
  ['azureml.core', 'run_script', 'value'],
  ['acme', 'f', 'unknown'],
  ['__main__', 'Net', 'unknown'],
  ['x'.repeat(600), 'f', 'unknown'],
] as const)('%s %s is %s', ([module, name, role]) => {
  expect(STANDARD_POLICY.roleOf(module, name)).toBe(role)
})

test('every module of the standard library has one role', () => {
  const all = [...stdlib.pure, ...stdlib.passive, ...stdlib.acting]
  expect(new Set(all).size).toBe(all.length)
})

test('what popular models import is known, but for classes of their own scripts', (context) => {
  if (!existsSync(COUNTS)) context.skip('the counts of popular models are not here (../shared/data)')
  const parsed: unknown = JSON.parse(readFileSync(COUNTS, 'utf8'))
  const names = Array.isArray(parsed) ? parsed.map(([name]) => String(name)) : []
  expect(names.length).toBeGreaterThan(300)
  const unknown = names.filter((path) => {
    const at = path.lastIndexOf('.')
    const role = STANDARD_POLICY.roleOf(path.slice(0, at), path.slice(at + 1))
    return role !== 'callable' && role !== 'class'
  })
  expect(unknown.filter((path) => !/^(__main__|utils|reranker|mplug_owl2)\./.test(path))).toEqual([])
})
