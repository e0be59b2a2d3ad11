import type { ModelRule } from '../../rule.ts'
import { exported } from './craft-exported.ts'
import { executorch } from './craft-flat.ts'
import { paddle } from './craft-paddle.ts'
import { operatorsAsSights } from './graph-sights.ts'

export const graphFileOperator: ModelRule = {
  id: 'graph/file-operator',
  severity: 'critical',
  verdict: 'malicious',
  title: 'An operator of the graph reads or writes files',
  source: 'https://github.com/PaddlePaddle/Paddle/blob/develop/SECURITY.md',
  taxonomy: ['CWE-73', 'AML.T0011.000'],
  why: 'Running the model opens files of the user with names that the model chooses. Weights are loaded by the framework, not by operators.',
  remedy: 'Do not run the model. Ask for an export without such operators.',
  examples: {
    fires: [
      paddle(['save', 'file_path', '/root/.ssh/authorized_keys']),
      paddle(['read_file', 'filename', '/etc/passwd']),
      executorch(['aten::from_file']),
      exported('torch.ops.image.write_file.default'),
    ],
    silent: [
      paddle(['feed'], ['matmul_v2'], ['fetch']),
      executorch(['aten::add', 'quantized_decomposed::quantize_per_tensor'], ['XnnpackBackend']),
    ],
  },
  check: (subject) => operatorsAsSights(subject, ['file']),
}
