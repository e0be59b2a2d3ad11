/** A piece of a template that reaches for code. */
export interface RiskyPart {
  readonly text: string
  readonly why: string
}

const MAX_PARTS = 10
const MAX_SHOWN = 120
/** Blocks of Jinja: comments are skipped, `{{ … }}` and `{% … %}` are looked into. */
const BLOCK = /\{#[\s\S]*?#\}|\{\{([\s\S]*?)\}\}|\{%([\s\S]*?)%\}/g
const LITERAL = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/g

/** Code of one block with every text literal replaced by a letter in double quotes: `"s"`, `"_"` or `"u"` (underscores only). */
const CODE_SIGNS: readonly (readonly [RegExp, string])[] = [
  [/\.\s*_\w*/, 'reads an attribute whose name begins with an underscore'],
  [/\|\s*attr\b/, 'reads attributes by a name made at run time'],
  [/^[-+\s]*(?:import|from|include|extends)\b/, 'takes in another template or module'],
  [/"_"\s*\*|\*\s*"_"|"_"\s*[~+,]\s*"_"/, 'puts a hidden name together from underscores'],
  [
    /\.\s*(?:mro|func_globals|gi_frame|f_globals|popen|cr_frame|tb_frame)\b/,
    'reads an attribute that leads to code',
  ],
  [/\b(?:lipsum|cycler|joiner|self)\s*(?:\[|\.\s*_)/, 'goes through a Jinja object to its module'],
]

/** The parts of a Jinja template that no chat template needs and that every known injection uses; text outside blocks is free. */
export function riskyTemplateParts(template: string): RiskyPart[] {
  const found = new Map<string, RiskyPart>()
  for (const match of template.matchAll(BLOCK)) {
    const code = match[1] ?? match[2]
    if (code === undefined || found.size >= MAX_PARTS) continue
    const why = reasonOf(code)
    const text = code.trim().slice(0, MAX_SHOWN).toWellFormed()
    if (why !== undefined) found.set(text, { text, why })
  }
  return [...found.values()]
}

function reasonOf(code: string): string | undefined {
  let literalReason: string | undefined
  const masked = code.replace(LITERAL, (literal) => {
    const raw = literal.slice(1, -1)
    literalReason ??= reasonOfLiteral(raw)
    return /^_+$/.test(raw) ? '"_"' : '"s"'
  })
  return literalReason ?? CODE_SIGNS.find(([sign]) => sign.test(masked))?.[1]
}

function reasonOfLiteral(raw: string): string | undefined {
  if (/\\(?:x5f|u005f|U0000005f|137|N\{LOW LINE\})/i.test(raw))
    return 'writes underscores as escapes to hide a name'
  if (/^__\w+$/.test(raw) || /^\w+__$/.test(raw)) return 'names a special attribute of Python in a text'
  if (/\{[^}]*(?:\.|\[)_/.test(raw)) return 'formats with an attribute whose name begins with an underscore'
  return undefined
}
