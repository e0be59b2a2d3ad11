import type { ModelRule } from '../../rule.ts'
import { riskyTemplateParts } from '../../template-parts.ts'
import { gguf } from './malformed-gguf.ts'

const template = (text: string) => gguf(3, [['tokenizer.chat_template', text]])

export const templateInjection: ModelRule = {
  id: 'gguf/template-injection',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The chat template reaches for code',
  source: 'https://github.com/abetlen/llama-cpp-python/security/advisories/GHSA-56xg-wfcc-g829',
  taxonomy: ['CWE-1336', 'CWE-94', 'CVE-2024-34359', 'AML.T0018.002'],
  why: 'Loaders run the chat template with Jinja on every conversation. Where Jinja is not sandboxed, attributes such as __globals__ lead from any value to any function of Python.',
  remedy: 'Do not serve the model with this template. Take the template of the original model instead.',
  examples: {
    fires: [
      template('{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}'),
      template("{{ cycler['__in' ~ 'it__'] }}"),
      template("{{ messages|attr('\\x5f\\x5fclass\\x5f\\x5f') }}"),
      template("{% set a = '_' * 2 ~ 'class' ~ '_' * 2 %}{{ messages[a] }}"),
      template('{{ self._TemplateReference__context }}'),
      template("{% import 'os' as os %}"),
    ],
    silent: [
      template(
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message.content + '<|im_end|>' }}{% endfor %}",
      ),
      template(
        "{% set ns = namespace(found=false) %}{% if not messages %}{{ raise_exception('no') }}{% endif %}{{ strftime_now('%d %b %Y') }}",
      ),
      template(
        "{{- 'Never use __init__ or import os in code.' }}{{ messages | map(attribute='role') | list | tojson(indent=2) }}",
      ),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'gguf') return []
    return subject.view.templates.flatMap(({ key, text, offset }) =>
      riskyTemplateParts(text).map((part) => ({
        key: `${key}:${part.text}`,
        message: `${key} ${part.why}: ${part.text}`,
        offset,
        call: part.text,
      })),
    )
  },
}
