import type { ModelRule } from '../../rule.ts'
import { crafted, lightgbmText, xgboostJson, xgboostUbj } from './craft-booster.ts'

export const boosterTree: ModelRule = {
  id: 'booster/malformed-tree',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The trees of the model lead outside their own arrays',
  source: 'https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html',
  taxonomy: ['CWE-125', 'CWE-787', 'CWE-835', 'CWE-129'],
  why: 'Predictors written in C++ follow the numbers of a tree without looking. Wrong ones read foreign memory, or never end.',
  remedy: 'Do not load the model; train or convert it again.',
  examples: {
    fires: [
      xgboostJson({ trees: [crafted({ left_children: [99, -1, -1] })] }),
      xgboostJson({ trees: [crafted({ left_children: [0, -1, -1] })] }),
      xgboostJson({ trees: [crafted({ right_children: [1, -1, -1] })] }),
      xgboostJson({ trees: [crafted({ split_indices: [7, 0, 0] })] }),
      xgboostJson({ trees: [crafted({ split_conditions: [1] })] }),
      xgboostJson({ trees: [crafted({ tree_param: { num_nodes: '2147483647' } })] }),
      xgboostJson({
        trees: [
          crafted({
            categories: [1],
            categories_nodes: [0],
            categories_segments: [0],
            categories_sizes: [9],
          }),
        ],
      }),
      xgboostJson({ stated: 100 }),
      xgboostUbj(xgboostJson({ trees: [crafted({ left_children: [99, -1, -1] })] })),
      lightgbmText({ left_child: '-9' }),
      lightgbmText({ leaf_value: '1' }),
      lightgbmText({ split_feature: '12' }),
      lightgbmText({ num_leaves: '-1' }),
    ],
    silent: [
      xgboostJson({}),
      xgboostUbj(xgboostJson({})),
      xgboostJson({ trees: [] }),
      lightgbmText(),
      lightgbmText({
        num_leaves: '1',
        left_child: '',
        right_child: '',
        leaf_value: '3',
        split_feature: '',
        threshold: '',
      }),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'xgboost' && subject.kind !== 'lightgbm') return []
    const faults = subject.view.problems.map(({ message }) => message)
    const twice =
      subject.kind === 'xgboost'
        ? subject.duplicateKeys.map((key) => `the key ${JSON.stringify(key)} stands twice`)
        : []
    return [...faults, ...twice].slice(0, 10).map((message) => ({ key: message, message }))
  },
}
