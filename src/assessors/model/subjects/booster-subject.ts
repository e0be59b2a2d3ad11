import type { CatboostView } from '../../../formats/catboost/index.ts'
import type { LightgbmView } from '../../../formats/lightgbm/index.ts'
import type { BoosterView } from '../../../formats/xgboost/index.ts'

/** A model of boosted trees, by the library that wrote it. */
export type BoosterSubject =
  | { readonly kind: 'xgboost'; readonly view: BoosterView; readonly duplicateKeys: readonly string[] }
  | { readonly kind: 'lightgbm'; readonly view: LightgbmView }
  | { readonly kind: 'catboost'; readonly view: CatboostView }
