import type { ModelRule } from '../../rule.ts'
import { estimatorNode, jsonNode, skopsFile, skopsNode, tupleNode } from './craft-skops.ts'
import { observeNodes } from './skops-code.ts'

export const skopsUnknown: ModelRule = {
  id: 'skops/unknown-type',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The skops file imports a type that is not known',
  source: 'https://skops.readthedocs.io/en/stable/persistence.html',
  taxonomy: ['CWE-502', 'CVE-2025-54413'],
  why: 'Loading imports the module of the type and builds the object. skops itself asks for such types to be reviewed before they are trusted.',
  remedy: 'Look at the type in its package before passing it as trusted.',
  examples: {
    fires: [
      skopsFile(skopsNode('ObjectNode', 'mycompany.models.Special', { content: null })),
      skopsFile(skopsNode('PwnNode', 'sklearn.linear_model.LinearRegression')),
      skopsFile(
        estimatorNode(
          skopsNode('OperatorFuncNode', 'operator.methodcaller', { attrs: tupleNode(jsonNode('to_numpy')) }),
        ),
      ),
    ],
    silent: [
      skopsFile(estimatorNode(skopsNode('NdArrayNode', 'numpy.ndarray', { type: 'numpy', file: 'x.npy' }))),
      skopsFile(
        estimatorNode(
          skopsNode('MethodNode', 'sklearn.linear_model._base.LinearRegression', {
            content: {
              func: 'predict',
              obj: skopsNode('ObjectNode', 'sklearn.linear_model._base.LinearRegression'),
            },
          }),
        ),
      ),
    ],
  },
  check: (subject) => observeNodes(subject, false),
}
