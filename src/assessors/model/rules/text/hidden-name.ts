import type { ModelRule } from '../../rule.ts'
import { chatTemplate, ORDINARY_TEMPLATES } from './craft-template.ts'
import { templateWith } from './template-check.ts'

export const hiddenName: ModelRule = {
  id: 'jinja/hidden-name',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The chat template hides which attributes it reads',
  source: 'https://jinja.palletsprojects.com/en/stable/sandbox/',
  taxonomy: ['CWE-1336', 'CWE-506', 'AML.T0018.002'],
  why: 'A template that puts the names of attributes together at run time, or reads private ones, does what templates that leave the sandbox do and what no published chat template needs.',
  remedy: 'Compare the template with that of the original model, and render it only in a sandbox.',
  examples: {
    fires: [
      chatTemplate("{{ messages|attr('cla' ~ suffix) }}"),
      chatTemplate('{{ messages|attr(name) }}'),
      chatTemplate("{% set u = (()|select|string|list)[24] %}{{ messages[u ~ u ~ 'class' ~ u ~ u] }}"),
      chatTemplate('{{ messages._private }}'),
      chatTemplate("{{ messages['{%' }}{{ ''.__class__ }}"),
    ],
    silent: ORDINARY_TEMPLATES,
  },
  check: (subject) => templateWith(subject, 'hidden-name', 'unreadable'),
}
