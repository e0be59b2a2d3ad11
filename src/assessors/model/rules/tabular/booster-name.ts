import type { ModelRule } from '../../rule.ts'
import { xgboostJson, xgboostUbj } from './craft-booster.ts'

/** Boosters and families of objectives that XGBoost itself has (src/objective, src/gbm). */
const BOOSTERS = new Set(['gbtree', 'gblinear', 'dart'])
const OBJECTIVE = /^(?:(?:reg|binary|multi|rank|count|survival):[a-z0-9_-]+|gpu:[a-z:]+)$/

export const boosterName: ModelRule = {
  id: 'xgboost/unknown-plugin',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The model asks for a booster or objective that XGBoost does not have',
  source: 'https://xgboost.readthedocs.io/en/stable/parameter.html',
  taxonomy: ['CWE-829'],
  why: 'Loading looks the name up among plugins compiled into the library. Without the plugin loading fails; with it, its code runs.',
  remedy: 'Ask which plugin the model needs, and where it comes from.',
  examples: {
    fires: [xgboostJson({ objective: 'evil' }), xgboostUbj(xgboostJson({ booster: '../../plugin' }))],
    silent: [
      xgboostJson({ objective: 'rank:ndcg' }),
      xgboostJson({ booster: 'dart', objective: 'reg:squarederror' }),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'xgboost') return []
    const { booster, objective } = subject.view
    return [
      ...(booster === undefined || BOOSTERS.has(booster)
        ? []
        : [{ key: 'booster', message: `the booster is ${JSON.stringify(booster)}` }]),
      ...(objective === undefined || OBJECTIVE.test(objective)
        ? []
        : [{ key: 'objective', message: `the objective is ${JSON.stringify(objective)}` }]),
    ]
  },
}
