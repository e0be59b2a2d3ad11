import { example, type ModelRule } from '../../rule.ts'

export const javaSource: ModelRule = {
  id: 'java/source',
  severity: 'info',
  verdict: 'clean',
  title: 'The repository holds Java source',
  source: 'https://docs.h2o.ai/h2o/latest-stable/h2o-docs/pojo-quick-start.html',
  taxonomy: ['CWE-829'],
  why: 'Java source is code: it runs with all rights of the program that compiles it.',
  remedy: 'Prefer a form of the model that is data, such as a MOJO or ONNX.',
  examples: {
    fires: [example('a.java', 'public class a { }')],
    silent: [example('a.txt', 'public class a { }')],
  },
  check: (subject) =>
    subject.kind === 'java'
      ? [{ key: 'java', message: subject.isModel ? 'a model of H2O as source' : 'Java source' }]
      : [],
}
