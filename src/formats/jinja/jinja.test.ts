import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldJinja, readJinja, type Sight } from './index.ts'

const sights = (template: string): readonly Sight[] => foldJinja(readJinja(template))
const names = (template: string): string[] =>
  sights(template).flatMap((sight) => (sight.kind === 'access' ? [sight.name] : []))

test.for([
  ['a plain attribute', '{{ a.b }}', 'b'],
  ['a subscript', "{{ a['b'] }}", 'b'],
  ['an escape', "{{ a['\\x62'] }}", 'b'],
  ['a named escape', "{{ a['\\N{LOW LINE}'] }}", '_'],
  ['an octal escape', "{{ a['\\137'] }}", '_'],
  ['texts beside each other', "{{ a['b' 'c'] }}", 'bc'],
  ['~', "{{ a['b' ~ 1] }}", 'b1'],
  ['+', "{{ a['b' + 'c'] }}", 'bc'],
  ['*', "{{ a['b' * 3] }}", 'bbb'],
  ['% of a text', "{{ a['%s-%c' % ('x', 65)] }}", 'x-A'],
  ['format', "{{ a['{}{1}{k}'.format('x', 'y', k='z')] }}", 'xyz'],
  ['a slice backwards', "{{ a['cba'[::-1]] }}", 'abc'],
  ['a slice from behind', "{{ a['xabc'[-3:]] }}", 'abc'],
  ['join', "{{ a[['b', 'c']|join('-')] }}", 'b-c'],
  ['join of a text', "{{ a['-'.join(['b', 'c'])] }}", 'b-c'],
  ['replace', "{{ a['bXc'|replace('X', '_')] }}", 'b_c'],
  ['reverse', "{{ a['abc'|reverse] }}", 'cba'],
  ['map', "{{ a[['B', 'C']|map('lower')|join] }}", 'bc'],
  ['keys of a dictionary', '{{ a[dict(b=1, c=2)|join] }}', 'bc'],
  ['a value of a dictionary', "{{ a[{'k': 'v'}['k']] }}", 'v'],
  ['items of a dictionary', "{% for k, v in {'k': 'v'}.items() %}{{ a[v] }}{% endfor %}", 'v'],
  ['a variable', "{% set x = 'b' %}{{ a[x] }}", 'b'],
  ['two variables', "{% set x, y = 'b', 'c' %}{{ a[x ~ y] }}", 'bc'],
  ['either branch', "{% if q %}{% set x = 'b' %}{% else %}{% set x = 'c' %}{% endif %}{{ a[x] }}", 'c'],
  ['a captured block', '{% set x %}b{{ 1 }}{% endset %}{{ a[x] }}', 'b1'],
  ['a namespace', "{% set n = namespace(x='b') %}{% set n.x = n.x ~ 'c' %}{{ a[n.x] }}", 'bc'],
  [
    'a loop',
    "{% set n = namespace(x='') %}{% for c in 'bcd' %}{% set n.x = n.x ~ c %}{% endfor %}{{ a[n.x] }}",
    'bcd',
  ],
  ['a macro', '{% macro m(x, y=2) %}{{ x }}{{ y }}{% endmacro %}{{ a[m(1)] }}', '12'],
  ['a macro called by name', '{% macro m(x, y) %}{{ x }}{{ y }}{% endmacro %}{{ a[m(y=1, x=2)] }}', '21'],
  ['a default', "{{ a[nothing|default('b')] }}", 'b'],
  ['an or', "{{ a[nothing or 'b'] }}", 'b'],
  ['a choice', "{{ a['b' if q else 'c'] }}", 'c'],
  ['with', "{% with x = 'b' %}{{ a[x] }}{% endwith %}", 'b'],
  ['attr', "{{ a|attr('b') }}", 'b'],
  ['attr through map', "{{ a|map('attr', 'b')|list }}", 'b'],
  ['an attribute of map', "{{ a|map(attribute='b.c')|list }}", 'c'],
  ['a format field', "{{ '{0.b}'.format(a) }}", 'b'],
  ['a filter over a block', "{% filter attr('b') %}x{% endfilter %}", 'b'],
  ['behind a comment and a raw block', '{# {{ #}{% raw %}{{ x.y }}{% endraw %}{{ a.b }}', 'b'],
  ['behind a bracket in a text', "{{ '}}' ~ a.b }}", 'b'],
  ['get', "{{ {'k': 'v'}.get('k') and a['b'] }}", 'b'],
] as const)('%s is followed', ([, template, name]) => {
  expect(names(template)).toContain(name)
})

test('what stands in comments and raw blocks is not read', () => {
  expect(names('{# a.b #}{% raw %}{{ a.c }}{% endraw %}')).toEqual([])
})

test('a name that is put together and cannot be found out is said to be', () => {
  const blind = (template: string) =>
    sights(template).some((sight) => sight.kind === 'blind-access' && sight.isBuilt)
  expect(blind("{{ a['b' ~ c] }}")).toBe(true)
  expect(blind('{{ a[b] }}')).toBe(false)
  expect(blind('{{ a[b + 1] }}')).toBe(false)
})

test('text that depends on what is said carries what it depends on', () => {
  const found = sights(
    "{% set c = messages[0].content|lower %}{% set hit = 'abc' in c %}{% if hit %}{{ 'x' }}{% endif %}",
  )
  const text = found.find((sight) => sight.kind === 'triggered-text')
  expect(text).toMatchObject({ text: 'x', triggers: [{ on: 'content', words: 'abc', isNegated: false }] })
})

test.for([
  ['a loop in a loop in a loop', '{% for a in range(300) %}'.repeat(12) + '{% endfor %}'.repeat(12)],
  ['a macro that calls itself', '{% macro m(x) %}{{ m(x ~ x) }}{{ m(x ~ "a") }}{% endmacro %}{{ m("a") }}'],
  ['texts that double', `{% set a = 'aaaaaaaa' %}${'{% set a = a ~ a %}'.repeat(60)}{{ a }}`],
  ['a slice from far away', "{{ 'abc'[-1e308:5:1] }}{{ 'abc'[::1e-9] }}{{ 'abc'[5:-1e308:-1] }}"],
  ['numbers beyond all', "{{ 1e999 * 'a' }}{{ 9 ** 999999999 }}{{ range(1e308) }}{{ 'a'.center(1e12) }}"],
  [
    'many replacements of a long text',
    `{% set a = 'ab' * 8000 %}${"{% set b = a|replace('a', 'b')|list %}".repeat(3000)}`,
  ],
  ['brackets', `{{ ${'('.repeat(100_000)} }}`],
  ['dots', `{{ a${'.b'.repeat(50_000)} }}`],
  ['elif', `{% if a %}${'{% elif b %}x'.repeat(20_000)}{% endif %}`],
  ['minus signs', `{{ ${'-'.repeat(50_000)}1 }}`],
  ['not', `{{ ${'not '.repeat(50_000)}a }}`],
  ['blocks', '{% if a %}'.repeat(20_000)],
] as const)(
  '%s ends within a second',
  // What grows with the square of its input takes minutes.
  { timeout: 60_000 },
  ([, template]) => {
    sights(template)
  },
)

test('any text is a view, never an exception', () => {
  const piece = fc.constantFrom(
    '{{',
    '}}',
    '{%',
    '%}',
    '{#',
    '#}',
    '-',
    "'",
    '"',
    '\\',
    '(',
    ')',
    '[',
    ']',
    '|',
    '.',
    'a',
    ' if ',
    ' for ',
    ' in ',
    ' set ',
    ' = ',
    ' else ',
    'raw',
    'endraw',
    'macro ',
    '1',
    ',',
    ':',
    '~',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 60 }), (parts) => {
      expect(Array.isArray(sights(parts.join('')))).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('a template cut anywhere is either whole or a problem', () => {
  const template =
    "{% for m in messages %}{% if 'a' in m.content %}{{ m['b'] ~ '\\x41' }}{% endif %}{% endfor %}"
  for (let end = 0; end < template.length; end++) {
    const cut = readJinja(template.slice(0, end))
    expect(cut.problem !== undefined || cut.statements.length <= 1).toBe(true)
  }
})

const python = spawnSync('python3', ['-c', 'import jinja2'])
const hasJinja = python.status === 0
const isRequired = process.env.SALLYPORT_REQUIRE === '1'

const name = fc.constantFrom('a', 'b', 'messages', 'loop', 'ns')
const expression: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    name,
    fc.constantFrom(
      "'x'",
      '"y\\n"',
      '1',
      '2.5',
      '0x1f',
      '1_000',
      'true',
      'None',
      "'a' 'b'",
      '-1',
      '()',
      '[]',
      '{}',
    ),
    fc
      .tuple(
        tie('any'),
        fc.constantFrom(
          '.c',
          "['d']",
          '[0]',
          '[1:]',
          '[::-1]',
          '[:2:1]',
          '()',
          '(1, k=2)',
          '(*a, **b)',
          '.items()',
        ),
      )
      .map(([of, post]) => `(${of})${post}`),
    fc
      .tuple(
        tie('any'),
        fc.constantFrom(
          '|lower',
          "|join(', ')",
          '|tojson(indent=2)',
          '|default(1)|trim',
          ' is defined',
          ' is not none',
          ' is string',
          ' is divisibleby 3',
          ' is divisibleby(3)',
        ),
      )
      .map(([of, post]) => `(${of})${post}`),
    fc
      .tuple(
        tie('any'),
        fc.constantFrom(
          '+',
          '-',
          '*',
          '/',
          '//',
          '%',
          '**',
          '~',
          '==',
          '!=',
          '<',
          '>=',
          ' in ',
          ' not in ',
          ' and ',
          ' or ',
        ),
        tie('any'),
      )
      .map((parts) => parts.join('')),
    fc.tuple(tie('any'), tie('any'), tie('any')).map(([a, b, c]) => `(${a} if ${b} else ${c})`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `[${a}, ${b},]`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `{'k': ${a}, ${b}: 1}`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `(${a}, ${b})`),
    tie('any').map((of) => `not ${of}`),
  ),
})).any

const template: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('text', '\n  ', '{# c #}', '{%- raw -%}{{ x }}{%- endraw %}', '{ % }', "{{- 'a' -}}"),
    expression.map((of) => `{{ ${of} }}`),
    fc
      .tuple(expression, tie('any'), tie('any'))
      .map(([of, a, b]) => `{% if ${of} %}${a}{%- elif a -%}x{% else %}${b}{% endif %}`),
    fc
      .tuple(expression, tie('any'))
      .map(([of, body]) => `{% for a, b in ${of} if a %}${body}{% else %}y{% endfor %}`),
    fc
      .tuple(expression, tie('any'))
      .map(([of, body]) => `{%+ for a in (${of}) recursive %}${body}{% break %}{% endfor %}`),
    expression.map((of) => `{% set a = ${of} %}{% set ns.x = ${of} %}{% set a, b = 1, 2 %}`),
    tie('any').map((body) => `{% set a %}${body}{% endset %}{% set b | upper %}${body}{% endset %}`),
    fc
      .tuple(expression, tie('any'))
      .map(
        ([of, body]) =>
          `{% macro m(a, b=${of}) %}${body}{% endmacro %}{% call(x) m(1) %}${body}{% endcall %}`,
      ),
    tie('any').map(
      (body) => `{% filter upper|trim %}${body}{% endfilter %}{% with a = 1, b = 2 %}${body}{% endwith %}`,
    ),
    tie('any').map((body) => `{% generation %}${body}{% endgeneration %}{% do a.append(1) %}`),
    fc.constantFrom(
      "{% include 'a' ignore missing %}",
      "{% import 'a' as b %}",
      "{% from 'a' import b as c, d with context %}",
      '{% print a %}',
    ),
    fc.tuple(tie('any'), tie('any')).map((parts) => parts.join('')),
  ),
})).any

test.for([
  ['loops in loops', '{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}'],
  [
    'a text that doubles',
    "{% set ns = namespace(s='AAAAAAAA') %}{% for i in range(40) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
  ],
] as const)('%s is seen as huge', ([, text]) => {
  expect(sights(text).some(({ kind }) => kind === 'huge')).toBe(true)
})

test.for([
  ['a loop over messages', '{% for a in messages %}{% for b in a.content %}x{% endfor %}{% endfor %}'],
  ['small loops', '{% for a in range(20) %}{% for b in range(20) %}x{% endfor %}{% endfor %}'],
] as const)('%s is not huge', ([, text]) => {
  expect(sights(text).some(({ kind }) => kind === 'huge')).toBe(false)
})

test('what is written is seen, however it was put together', () => {
  const written = sights("{% set s = 'cba' %}{{ s[::-1] }}").flatMap((sight) =>
    sight.kind === 'text' ? [sight.text] : [],
  )
  expect(written).toContain('abc')
})

test('names in a format text are seen when its method is only taken', () => {
  expect(names("{{ ('{0.__class__}'|attr('format'))(a) }}")).toContain('__class__')
})

const ORACLE = `
import json, sys, jinja2
from jinja2 import nodes
from jinja2.ext import Extension
class Generation(Extension):
    tags = {'generation'}
    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(['name:endgeneration'], drop_needle=True)
env = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, extensions=['jinja2.ext.loopcontrols', 'jinja2.ext.do', Generation])
def takes(text):
    try:
        env.parse(text)
        return True
    except jinja2.TemplateSyntaxError:
        return False
print(json.dumps([takes(text) for text in json.load(sys.stdin)]))
`

test.skipIf(!hasJinja && !isRequired)(
  'what the parser of Jinja2 takes, ours takes (skipped without python3-jinja2)',
  () => {
    const templates = fc.sample(template, { numRuns: 3000, seed: 7 })
    const asked = spawnSync('python3', ['-c', ORACLE], { input: JSON.stringify(templates), maxBuffer: 1e8 })
    const taken: unknown = JSON.parse(asked.stdout.toString('utf8'))
    if (!Array.isArray(taken)) throw new Error('the oracle answered something else')
    expect(taken.filter((isTaken) => isTaken).length).toBeGreaterThan(1000)
    const refused = templates.filter((text, i) => taken[i] === true && readJinja(text).problem !== undefined)
    expect(refused).toEqual([])
  },
)
