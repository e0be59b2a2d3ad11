import type { ModelRule } from '../rule.ts'
import { boosterName } from './tabular/booster-name.ts'
import { boosterPath } from './tabular/booster-path.ts'
import { boosterTree } from './tabular/booster-tree.ts'
import { catboostPart } from './tabular/catboost-part.ts'
import { javaActiveCode } from './tabular/java-code.ts'
import { javaSource } from './tabular/java-source.ts'
import { luaActiveCode } from './tabular/lua-code.ts'
import { luaAnyCode } from './tabular/lua-code-any.ts'
import { msgpackArray } from './tabular/msgpack-array.ts'
import { msgpackExtension } from './tabular/msgpack-extension.ts'
import { msgpackPickle } from './tabular/msgpack-pickle.ts'
import { pmmlCode } from './tabular/pmml-code.ts'
import { pmmlReference } from './tabular/pmml-reference.ts'
import { rActiveCall } from './tabular/r-active-call.ts'
import { rActiveFunction } from './tabular/r-active-function.ts'
import { rAltrepClass } from './tabular/r-altrep.ts'
import { rAutoRun } from './tabular/r-auto-run.ts'
import { rExternalPointer } from './tabular/r-external-pointer.ts'
import { rModelFormula } from './tabular/r-model-formula.ts'
import { rOddPromise } from './tabular/r-odd-promise.ts'
import { rPromiseCode } from './tabular/r-promise.ts'
import { rStartFunction } from './tabular/r-start-function.ts'
import { skopsCode } from './tabular/skops-code.ts'
import { skopsUnknown } from './tabular/skops-unknown.ts'
import { sparkActiveClass, sparkClass } from './tabular/spark-class.ts'

/** Rules for R, XGBoost, LightGBM, CatBoost, PMML and Flax. A new rule is one file in tabular/ and one line here. */
export const TABULAR_RULES: readonly ModelRule[] = [
  rPromiseCode,
  rOddPromise,
  rAutoRun,
  rStartFunction,
  rActiveFunction,
  rModelFormula,
  rActiveCall,
  rAltrepClass,
  rExternalPointer,
  skopsCode,
  skopsUnknown,
  msgpackArray,
  msgpackExtension,
  msgpackPickle,
  boosterTree,
  boosterName,
  boosterPath,
  catboostPart,
  luaActiveCode,
  luaAnyCode,
  pmmlCode,
  pmmlReference,
  javaActiveCode,
  javaSource,
  sparkActiveClass,
  sparkClass,
]
