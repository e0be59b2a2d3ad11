import type { ModelRule } from '../../rule.ts'
import { chatTemplate, ORDINARY_TEMPLATES } from './craft-template.ts'
import { templateWith } from './template-check.ts'

export const endlessTemplate: ModelRule = {
  id: 'jinja/endless',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The chat template computes nearly without end',
  source: 'https://jinja.palletsprojects.com/en/stable/sandbox/#security-considerations',
  taxonomy: ['CWE-400', 'CWE-834', 'AML.T0029'],
  why: 'A template that counts to a billion, or makes a text of that length, stops the server at the first message.',
  remedy: 'Do not serve the model with this template.',
  examples: {
    fires: [
      chatTemplate('{% for i in range(999999999) %}{{ messages }}{% endfor %}'),
      chatTemplate("{{ 'a' * 1000000000 }}{{ messages }}"),
      chatTemplate('{{ 9 ** (9 ** 9) }}{{ messages }}'),
    ],
    silent: [
      ...ORDINARY_TEMPLATES,
      chatTemplate('{% for i in range(0, 100, 2) %}{{ messages[i] }}{% endfor %}'),
    ],
  },
  check: (subject) => templateWith(subject, 'endless'),
}
