import type { ModelRule } from '../../rule.ts'
import { coreMl, coreMlProgram } from './craft-coreml.ts'
import { openVino } from './craft-openvino.ts'
import { referencesAsSights } from './graph-sights.ts'

export const graphEscapingPath: ModelRule = {
  id: 'graph/escaping-path',
  severity: 'high',
  verdict: 'malicious',
  title: 'The model names a file outside of its folder',
  source: 'https://apple.github.io/coremltools/mlmodel/Format/LinkedModel.html',
  taxonomy: ['CWE-22', 'AML.T0011.000'],
  why: 'Weights and linked models are opened by name. A name that leads out of the folder makes the loader read other files of the user, or load a model that was never looked at.',
  remedy: 'Do not load the file. Names of parts of a model must stay beside it.',
  examples: {
    fires: [
      coreMlProgram('/etc/passwd'),
      coreMlProgram('@model_path/../../secret'),
      coreMl([556, [[1, [[1, [[1, '../../evil.mlmodelc']]]]]]]),
      openVino('<layer id="1" name="c" type="Const" version="opset1"><data path="/etc/passwd" /></layer>'),
    ],
    silent: [coreMlProgram('@model_path/weights/weight.bin')],
  },
  check: (subject) =>
    referencesAsSights(
      subject,
      ({ role, escape: reason }, format) => format !== 'onnx' && role !== 'library' && reason !== undefined,
    ),
}
