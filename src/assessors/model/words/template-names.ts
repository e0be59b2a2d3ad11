/**
 * Attributes of Python objects from which code can be reached. The sandbox of Jinja2 refuses them and all others that begin
 * with an underscore. https://jinja.palletsprojects.com/en/stable/sandbox/
 */
const LEADING = new Set([
  '__globals__',
  '__builtins__',
  '__subclasses__',
  '__mro__',
  '__bases__',
  '__base__',
  '__import__',
  '__init__',
  '__getattribute__',
  '__getattr__',
  '__code__',
  '__closure__',
  '__reduce__',
  '__reduce_ex__',
  '__dict__',
  '__self__',
  '__func__',
  '__loader__',
  '__spec__',
  '__wrapped__',
  '__call__',
  '__setattr__',
  'mro',
  'func_globals',
  'func_code',
  'im_func',
  'im_self',
  'gi_frame',
  'gi_code',
  'cr_frame',
  'cr_code',
  'ag_frame',
  'ag_code',
  'tb_frame',
  'f_globals',
  'f_builtins',
  'f_locals',
  'f_back',
  'co_code',
])

/** Objects of Jinja2 that stand in every template and lead to its module. */
const INTERNALS = new Set([
  'self',
  'cycler',
  'joiner',
  'lipsum',
  'namespace',
  'range',
  'dict',
  'caller',
  'loop',
  'url_for',
  'get_flashed_messages',
  'request',
  'current_app',
])

/** Why a name that is read leads out of a template. Undefined for ordinary names. */
export function escapeOf(name: string, how: string, isChat: boolean): string | undefined {
  const bare = name.trim()
  if (LEADING.has(bare) && (how !== 'item' || bare.startsWith('__')))
    return 'reads an attribute from which code of Python is reached'
  // No dictionary of a conversation has such keys.
  if (isChat && /^__\w{1,60}__$/.test(bare)) return 'reads a special attribute of Python'
  return undefined
}

/** A name that begins with an underscore. */
export function isPrivateName(name: string): boolean {
  return name.startsWith('_') && name.length > 1
}

/** The first name of a path. */
export function rootOf(path: string): string {
  return /^\w{1,100}/.exec(path)?.[0] ?? ''
}

/** Whether a path begins at an object of Jinja2 or of a web framework. */
export function isInternal(path: string): boolean {
  return INTERNALS.has(rootOf(path))
}
