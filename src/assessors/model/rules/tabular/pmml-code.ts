import { type Example, example, type ModelRule } from '../../rule.ts'
import { activeText } from './foreign-code.ts'

export const pmmlCode: ModelRule = {
  id: 'pmml/code',
  severity: 'high',
  verdict: 'malicious',
  title: 'The document carries code that acts on the machine',
  source: 'https://dmg.org/pmml/v4-4-1/GeneralStructure.html',
  taxonomy: ['CWE-94', 'CWE-506', 'AML.T0011.000'],
  why: 'Some evaluators run scripts that stand in extensions. A model in PMML describes numbers; it starts no programs.',
  remedy: 'Do not evaluate the document. Export the model again.',
  examples: {
    fires: [
      pmml('<Extension name="python">__import__("os").system("id")</Extension>'),
      pmml('<Extension name="x" value="Runtime.getRuntime().exec(&quot;id&quot;)"/>'),
      pmml('<script for="preprocess"><![CDATA[import subprocess; subprocess.run("id")]]></script>'),
    ],
    silent: [
      pmml('<Extension name="repr">PMMLPipeline(steps=[("m", LogisticRegression(C=1))])</Extension>'),
      pmml('<Extension name="user" value="root" extender="Rattle/PMML"/>'),
    ],
  },
  check: (subject) =>
    subject.kind === 'pmml'
      ? subject.sights.flatMap(({ kind, name, text, offset }) => {
          const call = kind === 'function' ? undefined : activeText(text)
          return call === undefined
            ? []
            : [{ key: `${name}:${call}`, message: `${kind} ${name}`, offset, call }]
        })
      : [],
}

/** A document with something in its header, for examples. */
export function pmml(body: string): Example {
  return example(
    'a.pmml',
    `<?xml version="1.0"?>\n<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/>${body}</PMML>`,
  )
}
