import type { ModelRule } from '../rule.ts'

/** Rules for graph formats: ONNX, CoreML, Paddle, MXNet, ExecuTorch, OpenVINO. A new rule is one file in graph/ and one line here. */
export const GRAPH_RULES: readonly ModelRule[] = []
