/** A fault of a model. `tree`: numbers that lead a predictor outside its arrays, or in a circle. `shape`: parts that do not fit each other. */
export interface BoosterProblem {
  readonly kind: 'tree' | 'shape' | 'cut'
  readonly message: string
}

/** A model of XGBoost (doc/model.schema of dmlc/xgboost). */
export interface BoosterView {
  readonly objective: string | undefined
  readonly booster: string | undefined
  readonly treeCount: number
  /** Attributes that a program stored with the model. */
  readonly attributes: Readonly<Record<string, string>>
  readonly problems: readonly BoosterProblem[]
}
