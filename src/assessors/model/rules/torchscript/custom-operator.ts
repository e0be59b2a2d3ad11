import type { ModelRule } from '../../rule.ts'
import { bytecode } from './craft-bytecode.ts'
import { moduleOf, torchScript } from './craft-torchscript.ts'
import { usesAsSights } from './uses-as-sights.ts'

export const torchScriptCustomOperator: ModelRule = {
  id: 'torchscript/custom-operator',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The model calls operators of a library that is not known',
  source: 'https://docs.pytorch.org/tutorials/advanced/torch_script_custom_ops.html',
  taxonomy: ['CWE-829', 'AML.T0010.001'],
  why: 'An operator outside of PyTorch is native code that must be installed beside the model. What it does cannot be told from the model.',
  remedy:
    'Find out which library registers the operator, and load the model only with a build of it that you trust.',
  examples: {
    fires: [
      torchScript(moduleOf('x = ops.my_ops.run_it(x)')),
      torchScript(moduleOf('x = __torch__.torch.classes.my.Thing(x)')),
      bytecode('evil::run'),
    ],
    silent: [
      torchScript(moduleOf('x = ops.quantized.conv2d(x, self.packed, 0.5, 1)')),
      torchScript(moduleOf('x = ops.torchvision.roi_align(x, x, 1., 1, 1, 1, False)')),
    ],
  },
  check: (subject) =>
    usesAsSights(subject, ['custom'], ({ operator }) => `${operator} is no operator of PyTorch`),
}
