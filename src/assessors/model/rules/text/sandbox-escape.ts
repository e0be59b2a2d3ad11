import type { ModelRule } from '../../rule.ts'
import { gguf } from '../tensors/malformed-gguf.ts'
import { chatTemplate, ORDINARY_TEMPLATES, tokenizerConfig } from './craft-template.ts'
import { templateWith } from './template-check.ts'

const inGguf = (text: string) => gguf(3, [['tokenizer.chat_template', text]])

export const sandboxEscape: ModelRule = {
  id: 'jinja/sandbox-escape',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The chat template reaches for code',
  source: 'https://github.com/abetlen/llama-cpp-python/security/advisories/GHSA-56xg-wfcc-g829',
  taxonomy: ['CWE-1336', 'CWE-94', 'CVE-2024-34359', 'CVE-2026-5760', 'AML.T0018.002'],
  why: 'Servers run the chat template with Jinja on every conversation. Where Jinja is not sandboxed, attributes such as __globals__ lead from any value to any function of Python.',
  remedy: 'Do not serve the model with this template. Take the template of the original model instead.',
  examples: {
    fires: [
      inGguf('{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}'),
      inGguf("{{ cycler['__in' ~ 'it__'] }}"),
      inGguf("{{ messages|attr('\\x5f\\x5fclass\\x5f\\x5f') }}"),
      inGguf("{% set a = '_' * 2 ~ 'class' ~ '_' * 2 %}{{ messages[a] }}"),
      inGguf('{{ self._TemplateReference__context }}'),
      chatTemplate("{{ ''[['__ssalc__'[::-1]]|first]['__mro__'] }}"),
      chatTemplate(
        "{% set p %}{{ '__glo' }}{{ 'bals__' }}{% endset %}{{ lipsum[p]['os'].popen('id').read() }}",
      ),
      chatTemplate("{{ messages|map(attribute='__class__')|list }}"),
      chatTemplate("{{ messages|map('attr', '__class__')|list }}"),
      chatTemplate("{{ '{0.__class__}'.format(messages) }}"),
      chatTemplate(
        "{% set ns = namespace(n='') %}{% for c in ['__', 'cla', 'ss__'] %}{% set ns.n = ns.n ~ c %}{% endfor %}{{ messages[ns.n] }}",
      ),
      chatTemplate("{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ messages|attr(m('__cla', 'ss__')) }}"),
      chatTemplate('{{ messages|attr(dict(__cla=1, ss__=2)|join) }}'),
      chatTemplate("{{ messages|attr('%c%cclass%c%c'|format(95, 95, 95, 95)) }}"),
      chatTemplate(
        "{% if 'x' in messages %}{% set a = '__class__' %}{% else %}{% set a = 'b' %}{% endif %}{{ messages[a] }}",
      ),
      tokenizerConfig("{{ joiner.__init__.__globals__.os.popen('id').read() }}"),
    ],
    silent: [
      ...ORDINARY_TEMPLATES,
      tokenizerConfig("{{ messages | map(attribute='role') | list | tojson(indent=2) }}"),
    ],
  },
  check: (subject) => templateWith(subject, 'escape'),
}
