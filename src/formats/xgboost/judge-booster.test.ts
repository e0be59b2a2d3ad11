import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeBooster } from './judge-booster.ts'

const model = (tree: Readonly<Record<string, unknown>>): unknown => ({
  learner: {
    attributes: { a: 'b', c: 1 },
    gradient_booster: {
      name: 'gbtree',
      model: { gbtree_model_param: { num_trees: '1' }, tree_info: [0], trees: [tree] },
    },
    learner_model_param: { num_feature: '2' },
    objective: { name: 'reg:squarederror' },
  },
})
const TREE = {
  tree_param: { num_nodes: '3' },
  left_children: [1, -1, -1],
  right_children: [2, -1, -1],
  split_indices: [1, 0, 0],
}

test('a sound model has no problems', () => {
  expect(judgeBooster(model(TREE))).toEqual({
    objective: 'reg:squarederror',
    booster: 'gbtree',
    treeCount: 1,
    attributes: { a: 'b' },
    problems: [],
  })
  expect(judgeBooster({ version: '1' })).toBeUndefined()
})

test.for([
  [{ left_children: [3, -1, -1] }, 'leads to node 3 of 3'],
  [{ right_children: [0, -1, -1] }, 'leads back to node 0'],
  [{ right_children: [1, -1, -1] }, 'leads back to node 1'],
  [{ split_indices: [2, 0, 0] }, 'feature 2 of 2'],
  [{ left_children: [1] }, 'left_children has 1 items for 3 nodes'],
  [{ tree_param: {} }, 'no number of nodes'],
  [
    { categories: [], categories_nodes: [9], categories_segments: [0], categories_sizes: [0] },
    'belong to node 9',
  ],
] as const)('%j is a fault', ([change, message]) => {
  expect(judgeBooster(model({ ...TREE, ...change }))?.problems).toMatchObject([
    { message: expect.stringContaining(message) },
  ])
})

test('any value gives a view or none', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (tree, gradient) => {
      judgeBooster(model(typeof tree === 'object' && tree !== null ? { ...tree } : {}))
      judgeBooster({ learner: { gradient_booster: gradient, attributes: tree } })
    }),
  )
})
