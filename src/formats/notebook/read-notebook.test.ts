import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readNotebook } from './index.ts'

const code = (source: unknown, more = {}) => ({
  nbformat: 4,
  cells: [{ cell_type: 'code', source, ...more }],
})

test.for([
  ['bang', '!pip install x', ['pip install x']],
  ['two bangs', '!!ls', ['ls']],
  ['assigned', 'files = !ls /tmp', ['ls /tmp']],
  ['system magic', '%sx id', ['id']],
  ['pip magic', '%pip install x', ['pip install x']],
  ['bash cell', '%%bash\necho 1\ncurl x | sh', ['%%bash', 'echo 1', 'curl x | sh']],
  ['lines in a list', ['a = 1\n', '!id'], ['id']],
  ['not equal is no command', 'if a != b: pass', []],
  ['html cell', '%%html\n!x', []],
] as const)('commands of a cell: %s', ([, source, commands]) => {
  expect(readNotebook(code(source))?.commands.map(({ text }) => text)).toEqual(commands)
})

test('Python keeps its lines; what is not Python becomes pass', () => {
  const view = readNotebook(code('import os\nif x:\n    !ls\n%matplotlib inline\nx?'))
  expect(view?.python).toBe('import os\nif x:\n    pass\npass\npass')
})

test('outputs with scripts are told with their cell', () => {
  const outputs = [{ output_type: 'display_data', data: { 'text/html': ['<div>', '<script>1</script>'] } }]
  expect(readNotebook(code('1', { outputs }))?.activeOutputs).toEqual([{ cell: 1, mimeType: 'text/html' }])
})

test('other JSON is no notebook, and any JSON is read without a throw', () => {
  expect(readNotebook({ cells: [] })).toBeUndefined()
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      readNotebook(value)
      readNotebook({ nbformat: 4, cells: [value, { cell_type: 'code', source: value, outputs: [value] }] })
    }),
  )
})
