import type { Value } from '../../formats/pickle/index.ts'

/** Key of the state that `rv_generic.__setstate__` of scipy.stats hands to `exec` (scipy/stats/_distn_infrastructure.py). */
const TEMPLATE = '_parse_arg_template'

/**
 * Lines of the template that scipy writes itself, around the names of shapes: definitions that return their arguments. No
 * name, default or result in them can call anything.
 */
const TEMPLATE_LINE =
  /^(?:def _parse_args(?:_rvs|_stats)?\(self,[\w\s,='-]*\):| {4}return (?:\([\w\s,]*\)|self\._argcheck_rvs\([\w\s,=]*\))[\w\s,]*|)$/

/** Whether BUILD with this state runs a text of the file as Python, or one that cannot be known. */
export function isRunByState(target: Value, state: Value): boolean {
  const known = state.kind === 'tuple' && state.count === 2 ? state.items[0] : state
  if (known?.kind !== 'dict')
    return isDistribution(target) && (known?.kind === 'call' || known?.kind === 'unknown')
  const texts = known.entries
    .filter(([key]) => key.kind === 'str' && key.text === TEMPLATE)
    .map(([, text]) => text)
  if (texts.some((text) => !isOwnTemplate(text))) return true
  return isDistribution(target) && known.count > known.entries.length
}

/** An object of a class of scipy.stats. */
function isDistribution(target: Value): boolean {
  return (
    target.kind === 'call' &&
    target.callee.kind === 'global' &&
    target.callee.module.startsWith('scipy.stats')
  )
}

function isOwnTemplate(text: Value): boolean {
  if (text.kind === 'constant') return text.python === 'None'
  return text.kind === 'str' && !text.cut && text.text.split('\n').every((line) => TEMPLATE_LINE.test(line))
}
