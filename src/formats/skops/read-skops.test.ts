import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes, utf8 } from '../../ground/lang/index.ts'
import { readSkops } from './read-skops.ts'

const read = (value: unknown) => readSkops(sourceOfBytes(utf8(JSON.stringify(value))))

test('nodes are found at any depth, with their path', async () => {
  const inner = {
    __class__: 'call',
    __module__: 'operator',
    __loader__: 'OperatorFuncNode',
    attrs: { content: [{ __loader__: 'JsonNode', content: '"id"' }] },
  }
  const view = await read({
    __class__: 'A',
    __module__: 'b',
    __loader__: 'ObjectNode',
    content: { list: [1, inner] },
    protocol: 2,
  })
  expect(view?.protocol).toBe(2)
  expect(view?.nodes.map(({ loader, path }) => [loader, path])).toEqual([
    ['ObjectNode', ''],
    ['OperatorFuncNode', 'content.list[1]'],
    ['JsonNode', 'content.list[1].attrs.content[0]'],
  ])
  expect(view?.nodes[1]?.texts).toEqual(['id'])
})

test('other JSON is no schema', async () => {
  expect(await read({ type: 'object' })).toBeUndefined()
  expect(await read([])).toBeUndefined()
  expect(await readSkops(sourceOfBytes(utf8('{"__loader__":')))).toBeUndefined()
})

test('any schema is read or refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (content) => {
      const view = await read({ __loader__: 'ObjectNode', content })
      expect(view?.nodes.length).toBeGreaterThan(0)
    }),
  )
})
