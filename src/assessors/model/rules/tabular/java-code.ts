import { example, type ModelRule } from '../../rule.ts'
import { activeJava } from './foreign-code.ts'

const model = (body: string) =>
  example('model.java', `import hex.genmodel.GenModel;\npublic class model extends GenModel {\n${body}\n}\n`)

export const javaActiveCode: ModelRule = {
  id: 'java/active-code',
  severity: 'high',
  verdict: 'malicious',
  title: 'A model in the form of Java source acts on the machine',
  source: 'https://docs.h2o.ai/h2o/latest-stable/h2o-docs/pojo-quick-start.html',
  taxonomy: ['CWE-94', 'CWE-506', 'AML.T0011.000'],
  why: 'The source is compiled and run to score. What H2O generates computes with arrays; it starts no programs, opens no sockets and loads no classes.',
  remedy: 'Do not compile the source. Ask for the model as a MOJO.',
  examples: {
    fires: [
      model('static { try { Runtime.getRuntime().exec("id"); } catch (Exception e) {} }'),
      model('double[] score0(double[] d) { new ProcessBuilder("id").start(); return d; }'),
    ],
    silent: [
      model(
        '// Runtime.getRuntime() is not used\npublic static final String[] NAMES = { "ProcessBuilder" };',
      ),
      example('Other.java', 'class Other { void f() { new ProcessBuilder("id"); } }'),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'java' || !subject.isModel) return []
    const found = activeJava(subject.text)
    return found === undefined
      ? []
      : [{ key: found.call, message: found.call, offset: found.offset, call: found.call }]
  },
}
