import type { ModelRule } from '../rule.ts'
import {
  customOp,
  fileOp,
  oddOp,
  pythonOp,
  readOutside,
  shellOp,
  writeOutside,
} from './tensorflow/active-op.ts'
import { assetEscape } from './tensorflow/asset-escape.ts'
import { malformedTflite, tfliteActiveOp, tfliteCustomOp } from './tensorflow/tflite-op.ts'

/** Rules for TensorFlow and TFLite. A new rule is one file in tensorflow/ and one line here. */
export const TENSORFLOW_RULES: readonly ModelRule[] = [
  fileOp,
  shellOp,
  writeOutside,
  assetEscape,
  pythonOp,
  readOutside,
  oddOp,
  customOp,
  tfliteActiveOp,
  tfliteCustomOp,
  malformedTflite,
]
