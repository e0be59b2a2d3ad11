import { example, type ModelRule } from '../../rule.ts'
import { describeSights } from './sights.ts'

/** A distribution of scipy with this text as the template of its functions. */
function distribution(name: string, template: string) {
  const text = `X${String.fromCharCode(template.length & 255, template.length >> 8, 0, 0)}${template}`
  return example(
    name,
    `\x80\x02cscipy.stats._continuous_distns\nnorm_gen\n)\x81}X\x13\0\0\0_parse_arg_template${text}sb.`,
  )
}

/** Data of a model of statsmodels with this formula. */
function formula(text: string) {
  const length = String.fromCharCode(text.length & 255, text.length >> 8, 0, 0)
  return example(
    'ols.pkl',
    `\x80\x02cstatsmodels.base.data\nPandasData\n)\x81}X\x07\0\0\0formulaX${length}${text}sb.`,
  )
}

export const stateCode: ModelRule = {
  id: 'pickle/state-code',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The state of an object in this file is run as Python',
  source: 'https://github.com/promptfoo/modelaudit/blob/main/docs/agents/picklescan-rce-bypass-game.md',
  taxonomy: ['CWE-502', 'CWE-94', 'AML.T0011.000'],
  why: 'Distributions of scipy.stats and models of statsmodels run a text in their state when they are loaded. The text of this file is not the one that scipy writes, or no formula of statistics.',
  remedy: 'Do not load the file.',
  examples: {
    fires: [
      formula("y ~ x + (0 * __import__('os').system('id'))"),
      formula("y ~ np.f2py.os.system('id')"),
      distribution('a.pkl', 'print(1)\n'),
      distribution('b.pkl', 'def _parse_args(self, a=print(1)):\n    return (), 0, 1\n'),
    ],
    silent: [
      formula(
        'y ~ np.log(x + 1) + C(g, Treatment("import")) + I(x ** 2) + np.linalg.norm(z) + bs(w, df=4) - 1',
      ),
      distribution(
        'a.pkl',
        "\ndef _parse_args(self, a,  loc=0, scale=1):\n    return (a, ), loc, scale\n\ndef _parse_args_rvs(self, a,  loc=0, scale=1, size=None):\n    return self._argcheck_rvs(a,  loc, scale, size=size)\n\ndef _parse_args_stats(self, a,  loc=0, scale=1, moments='mv'):\n    return (a, ), loc, scale, moments\n",
      ),
    ],
  },
  check: (subject) =>
    subject.kind === 'pickle' ? describeSights('runs the state of', subject.facts.sights.stateCode) : [],
}
