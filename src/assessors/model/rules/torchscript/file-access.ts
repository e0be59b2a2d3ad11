import type { ModelRule } from '../../rule.ts'
import { bytecode } from './craft-bytecode.ts'
import { moduleOf, torchScript } from './craft-torchscript.ts'
import { usesAsSights } from './uses-as-sights.ts'

export const torchScriptFileAccess: ModelRule = {
  id: 'torchscript/file-access',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The compiled code of this model opens files',
  source: 'https://github.com/pytorch/pytorch/security/advisories/GHSA-53q9-r3pm-6pq6',
  taxonomy: ['CWE-73', 'CVE-2025-32434', 'AML.T0011.000'],
  why: 'TorchScript has operators that read and write any file of the user. torch.load takes such an archive even with weights_only=True before PyTorch 2.6, and the code runs when the model is loaded or used.',
  remedy:
    'Do not load the file. No model needs to open files by itself; ask its author for the weights as safetensors.',
  examples: {
    fires: [
      torchScript(moduleOf('_0 = torch.save(x, "/tmp/a")')),
      torchScript(moduleOf('y = ops.aten.from_file("/etc/passwd", True, 10)')),
      torchScript(moduleOf('y = ops.image.read_file("/etc/passwd")')),
      torchScript(moduleOf('ops.image.write_file("a", x)')),
      torchScript(moduleOf('y = (torch).from_file("/etc/passwd")')),
      torchScript(moduleOf('getattr(torch, "sa\\x76e")(x, "f")')),
      torchScript('def f(x: Tensor=torch.from_file("/etc/passwd", False, 9)) -> Tensor:\n  return x\n'),
      bytecode('aten::add', 'aten::save'),
    ],
    silent: [
      torchScript(moduleOf('y = torch.add(x, ops.prim.min(1, 2))', '_0 = torch.warn("torch.save(x)")')),
      torchScript(moduleOf('x = ops.torchvision.nms(x, x, 0.5)')),
      torchScript(moduleOf('x = (self.conv).forward(x, )')),
      bytecode('aten::add', 'aten::relu'),
    ],
  },
  check: (subject) => usesAsSights(subject, ['file'], ({ operator, effect }) => `${operator} ${effect}`),
}
