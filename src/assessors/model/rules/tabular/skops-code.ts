import type { ModelRule, Subject } from '../../rule.ts'
import { estimatorNode, jsonNode, skopsFile, skopsNode, tupleNode } from './craft-skops.ts'
import { judgeNode } from './judge-skops.ts'

export const skopsCode: ModelRule = {
  id: 'skops/code',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Loading this skops file runs code',
  source: 'https://github.com/skops-dev/skops/security/advisories/GHSA-m7f4-hrc6-fwg3',
  taxonomy: ['CVE-2025-54412', 'CVE-2025-54413', 'CVE-2024-37065', 'CWE-502', 'CWE-351', 'AML.T0011.000'],
  why: 'A skops file names the types it is made of. This one names a function that acts on the machine, or makes skops call an operator under the name of a harmless type.',
  remedy: 'Do not load the file, and do not pass its types as trusted.',
  examples: {
    fires: [
      skopsFile(
        skopsNode('OperatorFuncNode', 'sklearn.linear_model.LinearRegression', {
          __class__: 'call',
          attrs: tupleNode(jsonNode('x')),
        }),
      ),
      skopsFile(skopsNode('OperatorFuncNode', 'operator.call', { attrs: tupleNode() })),
      skopsFile(estimatorNode(skopsNode('FunctionNode', 'os.system', { content: {} }))),
      skopsFile(estimatorNode(skopsNode('TypeNode', 'subprocess.Popen'))),
      skopsFile(
        estimatorNode(
          skopsNode('MethodNode', 'sklearn.linear_model._base.LinearRegression', {
            content: { func: '__init_subclass__', obj: skopsNode('ObjectNode', 'builtins.object') },
          }),
        ),
      ),
      skopsFile(
        estimatorNode(
          skopsNode('OperatorFuncNode', 'operator.methodcaller', {
            attrs: tupleNode(jsonNode('system'), jsonNode('id')),
          }),
        ),
      ),
      skopsFile(
        estimatorNode(
          skopsNode('OperatorFuncNode', 'operator.attrgetter', { attrs: tupleNode(jsonNode('__globals__')) }),
        ),
      ),
    ],
    silent: [
      skopsFile(estimatorNode(skopsNode('FunctionNode', 'numpy.log1p', { content: {} }))),
      skopsFile(
        estimatorNode(
          skopsNode('OperatorFuncNode', 'operator.itemgetter', { attrs: tupleNode(jsonNode('age')) }),
        ),
      ),
      skopsFile(estimatorNode(jsonNode('os.system'))),
    ],
  },
  check: (subject) => observeNodes(subject, true),
}

/** Nodes that act, or nodes that nobody knows. */
export function observeNodes(
  subject: Subject,
  isActive: boolean,
): { key: string; message: string; call: string }[] {
  if (subject.kind !== 'skops') return []
  const seen = new Map<string, { key: string; message: string; call: string }>()
  for (const node of subject.nodes) {
    const judgement = judgeNode(node)
    if (judgement === undefined || judgement.isActive !== isActive) continue
    const call = `${node.module}.${node.name}${node.method === undefined ? '' : `.${node.method}`}`
    const key = `${node.loader}:${call}`
    if (!seen.has(key))
      seen.set(key, { key, message: `${node.path || 'the object itself'}: ${judgement.message}`, call })
  }
  return [...seen.values()].slice(0, 50)
}
