import type { ModelRule } from '../rule.ts'
import { graphCodeOperator } from './graph/code-operator.ts'
import { graphCustomOperator } from './graph/custom-operator.ts'
import { graphDataRange } from './graph/data-range.ts'
import { onnxExternalPath } from './graph/onnx-external-path.ts'
import { graphOpaqueProgram } from './graph/opaque-program.ts'

/** Rules for graph formats: ONNX, CoreML, Paddle, MXNet, ExecuTorch, OpenVINO. A new rule is one file in graph/ and one line here. */
export const GRAPH_RULES: readonly ModelRule[] = [
  onnxExternalPath,
  graphCodeOperator,
  graphCustomOperator,
  graphOpaqueProgram,
  graphDataRange,
]
