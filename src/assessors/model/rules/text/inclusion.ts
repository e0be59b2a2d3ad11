import { example, type ModelRule } from '../../rule.ts'
import { chatTemplate, ORDINARY_TEMPLATES } from './craft-template.ts'
import { templateWith } from './template-check.ts'

export const inclusion: ModelRule = {
  id: 'jinja/inclusion',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The chat template takes in another file',
  source: 'https://jinja.palletsprojects.com/en/stable/templates/#import',
  taxonomy: ['CWE-98', 'CWE-1336', 'AML.T0018.002'],
  why: 'A chat template stands alone: tokenizers render it without a loader. One that imports or includes is written for a server that would read files for it.',
  remedy: 'Do not serve the model with this template. Take the template of the original model instead.',
  examples: {
    fires: [
      chatTemplate("{% import 'os' as os %}{{ messages }}"),
      chatTemplate("{% include '/etc/passwd' %}{{ messages }}"),
    ],
    silent: [
      ...ORDINARY_TEMPLATES,
      example('page.html.j2', "{% extends 'base.html' %}{% block body %}{{ title }}{% endblock %}"),
    ],
  },
  check: (subject) => templateWith(subject, 'inclusion'),
}
