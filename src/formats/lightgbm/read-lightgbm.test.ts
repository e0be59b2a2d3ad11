import { expect, test } from 'vitest'
import { sourceOfBytes, utf8 } from '../../ground/lang/index.ts'
import { looksLikeLightgbm, readLightgbm } from './read-lightgbm.ts'

const model = (tree: string): string =>
  `tree\nversion=v3\nnum_class=1\nmax_feature_idx=2\nobjective=binary sigmoid:1\n\nTree=0\n${tree}\n\nend of trees\n\nparameters:\n[data: ]\n[output_model: /tmp/m.txt]\nend of parameters\n`
const TREE =
  'num_leaves=3\nnum_cat=0\nsplit_feature=0 2\nthreshold=0.5 1\nleft_child=1 -1\nright_child=-3 -2\nleaf_value=1 2 3'
const read = (text: string) => readLightgbm(sourceOfBytes(utf8(text)))

test('a tree that holds together has no problems', async () => {
  const view = await read(model(TREE))
  expect(view).toMatchObject({ version: 'v3', objective: 'binary sigmoid:1', treeCount: 1, problems: [] })
  expect(view.paths).toEqual(['[output_model: /tmp/m.txt]'])
  expect(view.reason).toBeUndefined()
})

test.for([
  ['left_child=1 -1', 'left_child=7 -1', 'leads to 7'],
  ['right_child=-3 -2', 'right_child=-3 -9', 'leads to -9'],
  ['left_child=1 -1', 'left_child=0 -1', 'node 0 is met again'],
  ['left_child=1 -1', 'left_child=1 1', 'node 1 is met again'],
  ['split_feature=0 2', 'split_feature=0 3', 'feature 3'],
  ['leaf_value=1 2 3', 'leaf_value=1 2', 'leaf_value has 2'],
  ['num_leaves=3', 'num_leaves=x', 'it has x leaves'],
  ['num_cat=0', 'num_cat=1\ncat_boundaries=0 9\ncat_threshold=1', 'lead outside'],
] as const)('%s as %s is a fault', async ([from, to, message]) => {
  expect((await read(model(TREE.replace(from, to)))).problems).toMatchObject([
    { message: expect.stringContaining(message) },
  ])
})

test('a model that breaks off is not whole', async () => {
  expect((await read(model(TREE).slice(0, 120))).reason).toBeDefined()
  expect(looksLikeLightgbm(utf8('tree\nversion=v3\n'))).toBe(true)
  expect(looksLikeLightgbm(utf8('tree of life'))).toBe(false)
})
