import type { ModelRule } from '../rule.ts'
import { graphCodeOperator } from './graph/code-operator.ts'
import { graphCustomOperator } from './graph/custom-operator.ts'
import { graphDataRange } from './graph/data-range.ts'
import { onnxEndlessFunctions } from './graph/endless-functions.ts'
import { graphEscapingPath } from './graph/escaping-path.ts'
import { onnxExhaustingOperator } from './graph/exhausting-operator.ts'
import { graphFileOperator } from './graph/file-operator.ts'
import { graphLinkedModel } from './graph/linked-model.ts'
import { graphNativeCode } from './graph/native-code.ts'
import { onnxExternalPath } from './graph/onnx-external-path.ts'
import { graphOpaqueProgram } from './graph/opaque-program.ts'
import { mxnetOperatorName } from './graph/operator-name.ts'
import { coreMlPackagePath } from './graph/package-path.ts'
import { onnxReservedKey } from './graph/reserved-key.ts'
import { xmlEntityExpansion } from './graph/xml-entity-expansion.ts'
import { xmlExternalEntity } from './graph/xml-external-entity.ts'

/** Rules for graph formats: ONNX, CoreML, Paddle, MXNet, ExecuTorch, OpenVINO, and XML. A new rule is one file in graph/ and one line here. */
export const GRAPH_RULES: readonly ModelRule[] = [
  onnxExternalPath,
  graphCodeOperator,
  graphFileOperator,
  graphNativeCode,
  graphCustomOperator,
  graphOpaqueProgram,
  graphEscapingPath,
  graphLinkedModel,
  graphDataRange,
  onnxEndlessFunctions,
  onnxExhaustingOperator,
  onnxReservedKey,
  coreMlPackagePath,
  mxnetOperatorName,
  xmlExternalEntity,
  xmlEntityExpansion,
]
