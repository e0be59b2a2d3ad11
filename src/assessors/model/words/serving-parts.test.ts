import fc from 'fast-check'
import { expect, test } from 'vitest'
import { STANDARD_POLICY } from '../standard-policy.ts'
import { servingParts, tritonParts } from './serving-parts.ts'

test.for([
  ['parameters { key: "EXECUTION_ENV_PATH" value { string_value: "/x/e.tgz" } }', 1],
  ["parameters: [{\n key: 'EXECUTION_ENV_PATH',\n value: {string_value: '~/e.tgz'}\n}]", 1],
  ['# parameters { key: "EXECUTION_ENV_PATH" value { string_value: "/x/e.tgz" } }', 0],
  ['parameters { key: "EXECUTION_ENV_PATH" value { string_value: "env.tar.gz" } }', 0],
  ['parameters { key: "OTHER" value { string_value: "/x/e.tgz" } }', 0],
  ['model_operations { op_library_filename: "../libop.so" }', 1],
] as const)('%s has %i parts from outside', ([text, count]) => {
  expect(tritonParts(text)).toHaveLength(count)
})

test('an implementation that acts is named as a call', () => {
  const parts = servingParts('model-settings.json', { implementation: 'os.system' }, STANDARD_POLICY)
  expect(parts).toMatchObject([{ deed: 'active-callee', text: 'os.system' }])
})

test('any configuration is read without a throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, text) => {
      servingParts('model-settings.json', value, STANDARD_POLICY)
      servingParts('a.yaml', { import_path: text, runtime_env: value }, STANDARD_POLICY)
      tritonParts(text)
    }),
  )
})
