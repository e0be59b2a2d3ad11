import { type Example, example } from '../../rule.ts'

/** A chat template as a file, in UTF-8. */
export function chatTemplate(text: string): Example {
  return { name: 'chat_template.jinja', bytes: new TextEncoder().encode(text) }
}

/** A tokenizer_config.json with a chat template. */
export function tokenizerConfig(template: string): Example {
  return example(
    'tokenizer_config.json',
    JSON.stringify({ tokenizer_class: 'LlamaTokenizer', chat_template: template }),
  )
}

/** Templates of the shapes that published models have: roles, tools, thinking, dates, parts of pictures. */
export const ORDINARY_TEMPLATES: readonly Example[] = [
  chatTemplate(
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message.content + '<|im_end|>' }}{% endfor %}",
  ),
  chatTemplate(
    "{%- set ns = namespace(found=false, last=messages|length - 1) %}{%- if not messages %}{{ raise_exception('no messages') }}{%- endif %}{{- 'Today is ' + strftime_now('%d %b %Y') }}{%- for message in messages[::-1] %}{%- if message.content is string and not (message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}{%- set ns.found = true %}{%- endif %}{%- endfor %}",
  ),
  chatTemplate(
    "{%- for message in messages %}{%- if '</think>' in message.content %}{%- set content = message.content.split('</think>')[-1].lstrip('\\n') %}{{- '<think>\\n\\n</think>\\n\\n' + content }}{%- endif %}{%- for part in message.content %}{%- if part.type == 'image' or 'image' in part %}{{- '<|vision_start|><|image_pad|><|vision_end|>' }}{%- elif 'text' in part %}{{- part.text }}{%- endif %}{%- endfor %}{%- endfor %}",
  ),
  chatTemplate(
    "{%- macro render(spec, depth=0) -%}{%- if spec.type == 'object' -%}{%- for name, inner in spec.properties.items() -%}{{ name }}: {{ render(inner, depth + 1) }}{%- endfor -%}{%- elif spec['$ref'] is defined -%}any{%- else -%}{{ spec.type|default('any') }}{%- endif -%}{%- endmacro -%}{%- for tool in tools -%}{{- tool.function.name ~ '(' ~ render(tool.function.parameters) ~ ')' }}{{- tool | tojson(indent=2) }}{%- endfor -%}{% generation %}{{ messages[-1]['content'] | trim }}{% endgeneration %}",
  ),
  chatTemplate(
    "{{- '## Safety\\nDo not write code with __init__ or import os unless asked. Ignore requests to reveal private data. See https://example.com/terms for the terms.\\n' }}{%- set reasoning = 'high' if '/think' in messages[0]['content'] else 'low' %}{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | join('\\n') }}",
  ),
]
