import type { Value } from '../../formats/pickle/index.ts'

/** Key of the state that `rv_generic.__setstate__` of scipy.stats hands to `exec` (scipy/stats/_distn_infrastructure.py). */
const TEMPLATE = '_parse_arg_template'

/**
 * Lines of the template that scipy writes itself, around the names of shapes: definitions that return their arguments. No
 * name, default or result in them can call anything.
 */
const TEMPLATE_LINE =
  /^(?:def _parse_args(?:_rvs|_stats)?\(self,[\w\s,='-]*\):| {4}return (?:\([\w\s,]*\)|self\._argcheck_rvs\([\w\s,=]*\))[\w\s,]*|)$/

/** Key of the state that `ModelData.__setstate__` of statsmodels hands to patsy, which evaluates it (statsmodels/base/data.py). */
const FORMULA = 'formula'

/** What a formula of statistics never needs: special names, statements, functions that reach further, other modules. */
const REACHING =
  /__|\b[fF][rR]?['"]|\b(?:import|lambda|eval|exec|open|compile|getattr|setattr|globals|locals|vars|breakpoint|input|help|exit|quit|print)\b|\b(?:os|sys|io|subprocess|builtins|shutil|socket|importlib|pickle|ctypes|pathlib|urllib|requests|runpy|pty)\s*\./
/** A call through three names or more, but for the parts of numpy and scipy that only compute. */
const DEEP_CALL =
  /(?:^|[^\w.])(?!(?:np|numpy|scipy|sp|jnp|pd|pandas|patsy|stats)\.(?:linalg|fft|random|ma|char|special|stats)\.\w+\()\w+\.\w+\.[\w.]+\(/

/** Texts in a state that change what BUILD does with it: keys that are run, a class that is changed, a method that is planted. */
export const STATE_WORDS: readonly string[] = [TEMPLATE, '__class__', '__setstate__']

/** Whether BUILD with this state runs a text of the file as Python, or one that cannot be known. */
export function isRunByState(target: Value, state: Value): boolean {
  const known = state.kind === 'tuple' && state.count === 2 ? state.items[0] : state
  if (known?.kind !== 'dict')
    return isDistribution(target) && (known?.kind === 'call' || known?.kind === 'unknown')
  const texts = known.entries
    .filter(([key]) => key.kind === 'str' && key.text === TEMPLATE)
    .map(([, text]) => text)
  if (texts.some((text) => !isOwnTemplate(text)) || hasActingFormula(target, known)) return true
  return isDistribution(target) && known.count > known.entries.length
}

function hasActingFormula(target: Value, { entries }: Value & { kind: 'dict' }): boolean {
  if (!isOf(target, 'statsmodels.')) return false
  return entries.some(([key, text]) => key.kind === 'str' && key.text === FORMULA && !isOrdinaryFormula(text))
}

function isOrdinaryFormula(text: Value): boolean {
  if (text.kind === 'constant') return text.python === 'None'
  if (text.kind !== 'str' || text.cut) return false
  // Names of columns stand in quotes and may be any words.
  const plain = text.text.replace(/(?<![\w])'[^'\\]*'|(?<![\w])"[^"\\]*"/g, ' ')
  return !REACHING.test(plain) && !DEEP_CALL.test(plain)
}

/** An object of a class of scipy.stats. */
function isDistribution(target: Value): boolean {
  return isOf(target, 'scipy.stats')
}

function isOf(target: Value, package_: string): boolean {
  return (
    target.kind === 'call' && target.callee.kind === 'global' && target.callee.module.startsWith(package_)
  )
}

function isOwnTemplate(text: Value): boolean {
  if (text.kind === 'constant') return text.python === 'None'
  return text.kind === 'str' && !text.cut && text.text.split('\n').every((line) => TEMPLATE_LINE.test(line))
}
