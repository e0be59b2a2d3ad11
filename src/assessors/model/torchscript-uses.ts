import catalog from '../../../catalog/operators/torchscript.json' with { type: 'json' }
import type { TorchScriptName, TorchScriptView } from '../../formats/torchscript/index.ts'
import type { TorchScriptUse } from './subjects/torchscript-subject.ts'

const INERT = new Set(catalog.inertNamespaces)
const ACTIVE: ReadonlyMap<string, string> = new Map(Object.entries(catalog.active))
const INERT_CLASSES = new Set(catalog.inertClasses)
const ACTIVE_CLASSES: ReadonlyMap<string, string> = new Map(Object.entries(catalog.activeClasses))

/** Methods by which an operator with effects is reached from a value: `x.save("…")` is `aten::save`. */
const METHODS = new Set(['save', 'from_file'])

/** What the names of a source reach beyond arithmetic, by catalog/operators/torchscript.json. */
export function torchScriptUses(view: TorchScriptView): readonly TorchScriptUse[] {
  const uses = view.names.flatMap((name) => useOf(name, view) ?? [])
  const python = view.pythonCalls.map(
    (offset): TorchScriptUse => ({
      role: 'python',
      operator: '^',
      effect: 'calls Python',
      call: '^',
      offset,
    }),
  )
  return [...uses, ...python]
}

/** The role of an operator `namespace::name` when it is more than arithmetic. */
export function operatorUse(
  operator: string,
): { readonly role: 'file' | 'remote' | 'custom'; readonly effect: string } | undefined {
  const effect = ACTIVE.get(operator)
  if (effect !== undefined) return { role: roleOf(effect), effect }
  const namespace = operator.slice(0, operator.indexOf('::'))
  return INERT.has(namespace) ? undefined : { role: 'custom', effect: '' }
}

function useOf(name: TorchScriptName, view: TorchScriptView): TorchScriptUse | undefined {
  const [root, ...rest] = name.name.split('.')
  const at = { call: name.callText, offset: name.offset }
  if (root === 'torch' || root === 'aten') return builtinUse(root, rest, at)
  if (root === 'ops') {
    if (rest.length < 2) return { role: 'alias', operator: name.name, effect: '', ...at }
    const operator = `${rest[0]}::${rest[1]}`
    const use = operatorUse(operator)
    return use === undefined ? undefined : { ...use, operator, ...at }
  }
  if (root === '__torch__') return classUse(rest, at)
  const method = rest.at(-1) ?? ''
  if (!name.isCalled || !METHODS.has(method) || view.defines.has(method)) return undefined
  return { role: 'alias', operator: `aten::${method}`, effect: '', ...at }
}

function builtinUse(
  root: string,
  rest: readonly string[],
  at: { readonly call: string; readonly offset: number },
): TorchScriptUse | undefined {
  const name = rest.find((part) => part !== 'autograd')
  if (name === undefined) return { role: 'alias', operator: root, effect: '', ...at }
  const operator = `aten::${name}`
  const use = operatorUse(operator)
  return use === undefined ? undefined : { ...use, operator, ...at }
}

/** `__torch__.torch.classes.namespace.Name` is a class made by a native library. */
function classUse(
  rest: readonly string[],
  at: { readonly call: string; readonly offset: number },
): TorchScriptUse | undefined {
  if (rest[0] !== 'torch' || rest[1] !== 'classes') return undefined
  const operator = rest.slice(2, 4).join('.')
  const effect = ACTIVE_CLASSES.get(operator)
  if (effect !== undefined) return { role: roleOf(effect), operator, effect, ...at }
  return INERT_CLASSES.has(rest[2] ?? '') ? undefined : { role: 'custom', operator, effect: '', ...at }
}

function roleOf(effect: string): 'file' | 'remote' {
  return /machine|network|cluster/.test(effect) ? 'remote' : 'file'
}
