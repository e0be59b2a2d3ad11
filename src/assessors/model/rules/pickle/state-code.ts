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

export const stateCode: ModelRule = {
  id: 'pickle/state-code',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The state of an object in this file is run as Python',
  source: 'https://github.com/promptfoo/modelaudit/blob/main/docs/agents/picklescan-rce-bypass-game.md',
  taxonomy: ['CWE-502', 'CWE-94', 'AML.T0011.000'],
  why: 'Distributions of scipy.stats run a text in their state when they are loaded. The text of this file is not the one that scipy writes.',
  remedy: 'Do not load the file.',
  examples: {
    fires: [
      distribution('a.pkl', 'print(1)\n'),
      distribution('b.pkl', 'def _parse_args(self, a=print(1)):\n    return (), 0, 1\n'),
    ],
    silent: [
      distribution(
        'a.pkl',
        "\ndef _parse_args(self, a,  loc=0, scale=1):\n    return (a, ), loc, scale\n\ndef _parse_args_rvs(self, a,  loc=0, scale=1, size=None):\n    return self._argcheck_rvs(a,  loc, scale, size=size)\n\ndef _parse_args_stats(self, a,  loc=0, scale=1, moments='mv'):\n    return (a, ), loc, scale, moments\n",
      ),
    ],
  },
  check: (subject) =>
    subject.kind === 'pickle' ? describeSights('runs the state of', subject.facts.sights.stateCode) : [],
}
