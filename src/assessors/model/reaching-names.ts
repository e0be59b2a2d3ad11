/** Whether a name of a module acts; `*` asks whether the whole module does. */
export type ActiveTest = (module: string, name: string) => boolean

/** Names that reach into the interpreter from whatever they are read of (Python data model, frame and code objects). */
const REACHING = new Set([
  '__builtins__',
  '__globals__',
  '__dict__',
  '__subclasses__',
  '__class__',
  '__import__',
  '__code__',
  '__reduce__',
  '__reduce_ex__',
  '__loader__',
  '__spec__',
  '__getattribute__',
  '__getattr__',
  '__setattr__',
  '__delattr__',
  '__init_subclass__',
  '__mro__',
  '__bases__',
  '__base__',
  '__init__',
  '__new__',
  '__call__',
  '__func__',
  '__self__',
  '__wrapped__',
  '__closure__',
  '__defaults__',
  '__kwdefaults__',
  '__module__',
  '__mod__',
  '__get__',
  '__set__',
  '__set_name__',
  '__setstate__',
  '__setitem__',
  '__class_getitem__',
  '__del__',
  'func_globals',
  'func_code',
  'im_func',
  'f_globals',
  'f_builtins',
  'f_locals',
  'f_back',
  'gi_frame',
  'gi_code',
  'cr_frame',
  'ag_frame',
  'tb_frame',
  'mro',
])

/** Modules that others import under their own name; a plain function may share a rarer module's name. */
const MODULE_ALIASES = new Set([
  'os',
  'sys',
  'subprocess',
  'posix',
  'nt',
  'socket',
  'shutil',
  'importlib',
  'ctypes',
  'pickle',
  'inspect',
  'tempfile',
  'marshal',
  'runpy',
  'webbrowser',
  'pty',
  'multiprocessing',
  'threading',
  'urllib',
  'requests',
  'builtins',
])

/** Modules that no package has a module of its own named after. */
const ROOTS = new Set(['os', 'sys', 'subprocess', 'posix', 'nt', 'shutil', 'importlib', 'builtins'])

/** Whether reading an attribute of this name leads out of the object. */
export function isReachingName(name: string): boolean {
  return REACHING.has(name)
}

/** `torch` + `serialization.os.system`, `random` + `_os`, `numpy` + `__builtins__`: an attribute path to something active. */
export function makeReachTest(
  isActive: ActiveTest,
): (module: string, name: string, isListed?: boolean) => boolean {
  return (module, name, isListed = false) => {
    // `random._os` is no module that can be imported; a loader of its own might walk there.
    if (!isListed && walksThroughRoot(module.split('.', 32))) return true
    const parts = name.split('.', 32)
    if (parts.some((part) => REACHING.has(part))) return true
    // The path may go through aliases of modules: `random._os`, `torch.serialization.os`.
    const bare = parts.map(bareName)
    const last = bare.at(-1) ?? ''
    if (parts.length === 1) return MODULE_ALIASES.has(last) || (/^_/.test(name) && isActive(last, '*'))
    return pathReaches({ module: isListed ? '' : module, parts, bare }, isActive)
  }
}

/** A module inside `builtins` is of a package that has one of that name (`tpot.builtins.…`): Python's own holds no modules. */
function walksThroughRoot(path: readonly string[]): boolean {
  return path.some(
    (part, i) => i > 0 && ROOTS.has(bareName(part)) && !(part === 'builtins' && i < path.length - 1),
  )
}

function bareName(part: string): string {
  return part.replace(/^_+/, '') || part
}

interface Path {
  readonly module: string
  readonly parts: readonly string[]
  readonly bare: readonly string[]
}

function pathReaches({ module, parts, bare }: Path, isActive: ActiveTest): boolean {
  const last = bare.at(-1) ?? ''
  const tails = bare.slice(0, -1).map((_, i) => bare.slice(i, -1).join('.'))
  if (tails.some((tail) => isActive(tail, last))) return true
  if (bare.slice(0, -1).some((part) => isActive('builtins', part))) return true
  if (isActive(`${module}.${parts.slice(0, -1).join('.')}`, parts.at(-1) ?? '')) return true
  // The last part names an active module itself: the module object is handed out. Classes have no modules for members.
  return MODULE_ALIASES.has(last) || (!/^[A-Z]/.test(bare.at(-2) ?? '') && isActive(last, '*'))
}
