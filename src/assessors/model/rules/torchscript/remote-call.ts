import type { ModelRule } from '../../rule.ts'
import { moduleOf, torchScript } from './craft-torchscript.ts'
import { usesAsSights } from './uses-as-sights.ts'

export const torchScriptRemoteCall: ModelRule = {
  id: 'torchscript/remote-call',
  severity: 'high',
  verdict: 'malicious',
  title: 'The compiled code of this model reaches other machines',
  source: 'https://nvd.nist.gov/vuln/detail/CVE-2024-5480',
  taxonomy: ['CWE-94', 'CWE-918', 'CVE-2024-5480', 'AML.T0011.000'],
  why: 'The operators of torch.distributed call functions of other processes, which was enough to run any code there. A model that is only weights and arithmetic has no use for them.',
  remedy: 'Do not load the file in a cluster; ask its author for a model without calls to other machines.',
  examples: {
    fires: [
      torchScript(moduleOf('_0 = ops.prim.rpc_sync("worker", x)')),
      torchScript(moduleOf('_0 = __torch__.torch.classes.dist_c10d.TCPStore("h", 1, 1, False)')),
    ],
    silent: [torchScript(moduleOf('x = ops.c10d_functional.all_reduce(x, "sum", "")'))],
  },
  check: (subject) => usesAsSights(subject, ['remote'], ({ operator, effect }) => `${operator} ${effect}`),
}
