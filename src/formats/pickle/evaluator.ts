import { CALL_FOLDS, type Derived, reconstruct } from './call-folds.ts'
import type { PickleEvent } from './pickle-event.ts'
import { TEXT_FOLDS, TEXT_METHODS } from './text-folds.ts'
import { allItems, type CallValue, entryOf, sequenceValue, type Value } from './value.ts'

/** Calls within calls that are followed. */
const MAX_DEPTH = 12
/** Calls made by calls that are followed in one stream; afterwards they are reported and not followed. */
const MAX_DERIVED = 5000

/**
 * Follows calls of which the outcome is known without running anything: text that is put together, attributes and
 * members that are read, and functions that call other functions. What it finds on the way is emitted.
 */
export class Evaluator {
  readonly #emit: (event: PickleEvent) => void
  readonly #offset: () => number
  #left = MAX_DERIVED
  #depth = 0

  constructor(emit: (event: PickleEvent) => void, offset: () => number) {
    this.#emit = emit
    this.#offset = offset
  }

  /** The value of a call when it is known; otherwise the call itself. */
  fold(call: CallValue): Value {
    const args = allItems(call.args)
    if (args === undefined || this.#depth > MAX_DEPTH) return call
    this.#depth += 1
    const value = this.#fold(call, args)
    this.#depth -= 1
    return value ?? call
  }

  #fold(call: CallValue, args: readonly Value[]): Value | undefined {
    const { callee } = call
    if (callee.kind === 'attribute') return this.#method(callee.of, callee.name, args)
    if (callee.kind === 'call') return this.#applyMade(callee, args, call.kwargs)
    if (callee.kind !== 'global') return undefined
    const name = canonicalName(callee)
    if (name.endsWith('.__call__') && name.length > 9)
      return this.derive({ callee: { ...callee, name: callee.name.slice(0, -9) }, args })
    const text = TEXT_FOLDS.get(name)
    return text === undefined ? CALL_FOLDS.get(name)?.(this, args, call) : text(args)
  }

  /** Reports a call made by a call, and follows it. */
  derive({ callee, args, kwargs, way = 'derived' }: Derived): Value {
    const made: CallValue = {
      kind: 'call',
      callee,
      args: sequenceValue('tuple', args),
      ...(kwargs === undefined ? {} : { kwargs }),
    }
    this.#left -= 1
    if (this.#left < 0) return made
    this.#emit({ kind: 'call', offset: this.#offset(), way, call: made })
    return way === 'newobj' ? made : this.fold(made)
  }

  /** `getattr(of, name)`; a dotted name is followed part by part. */
  attribute(of: Value, name: Value | undefined): Value {
    if (name === undefined || name.kind !== 'str' || name.cut) {
      const unknown: Value = name ?? { kind: 'unknown', why: 'no name' }
      this.#emit({ kind: 'attribute', offset: this.#offset(), of, name: unknown })
      return { kind: 'unknown', why: 'an attribute whose name is made at run time' }
    }
    this.#emit({ kind: 'attribute', offset: this.#offset(), of, name })
    if (of.kind !== 'global') return { kind: 'attribute', of, name: name.text }
    return this.reached(of.module, of.name === '' ? name.text : `${of.name}.${name.text}`)
  }

  /** Something imported by a call. */
  reached(module: string, name: string): Value {
    if (name !== '') this.#emit({ kind: 'global', offset: this.#offset(), module, name, isDerived: true })
    return { kind: 'global', module, name }
  }

  /** Something that a call imports by texts of the stream: judged as an import by an opcode is. */
  imported(module: string, name: string): Value {
    this.#emit({ kind: 'global', offset: this.#offset(), module, name })
    return { kind: 'global', module, name }
  }

  /** State that a call sets on an object. */
  built(target: Value, state: Value): void {
    this.#emit({ kind: 'build', offset: this.#offset(), target, state })
  }

  /** `of[key]`: members of what the stream made, and of the dicts of modules. */
  item(of: Value | undefined, key: Value | undefined): Value | undefined {
    if (of === undefined || key === undefined) return undefined
    if (of.kind === 'call') return this.#missing(of)
    if (of.kind === 'dict' && key.kind === 'str') return entryOf(of, key.text)
    const items = allItems(of)
    if (items !== undefined && key.kind === 'constant' && key.int !== undefined)
      return items.at(Number(key.int))
    if (key.kind !== 'str' || key.cut) return undefined
    if (of.kind === 'global') return this.#itemOfGlobal(of, key.text)
    return of.kind === 'attribute' ? { kind: 'attribute', of, name: key.text } : undefined
  }

  /** A member that a `defaultdict` does not have is made by its function. */
  #missing({ callee, args }: CallValue): Value | undefined {
    const [factory] = allItems(args) ?? []
    if (callee.kind !== 'global' || callee.name !== 'defaultdict' || factory === undefined) return undefined
    return factory.kind === 'constant' ? undefined : this.derive({ callee: factory, args: [] })
  }

  #itemOfGlobal(of: Value & { kind: 'global' }, key: string): Value | undefined {
    if (of.module === 'sys' && of.name === 'modules') return { kind: 'global', module: key, name: '' }
    const parent = /^(?:(.*)\.)?(__dict__|__builtins__|__globals__)$/.exec(of.name)
    if (parent === null) return undefined
    if (parent[2] !== '__dict__') return this.reached('builtins', key)
    return this.reached(of.module, parent[1] === undefined ? key : `${parent[1]}.${key}`)
  }

  /** Calls what was planted as a method on an object by an earlier BUILD. */
  planted(target: Value, names: readonly string[], args: readonly Value[]): void {
    if (target.kind !== 'call') return
    for (const state of statesOf(target))
      for (const name of names) {
        const method = entryOf(state, name)
        if (method !== undefined) this.derive({ callee: method, args })
      }
  }

  #method(of: Value, name: string, args: readonly Value[]): Value | undefined {
    if (name === '__call__') return this.derive({ callee: of, args })
    if (name === 'get' || name === '__getitem__') return this.item(of, args[0])
    return TEXT_METHODS.get(name)?.([of, ...args])
  }

  /** Calls the result of `functools.partial`, `operator.methodcaller` and their like. */
  #applyMade(made: CallValue, args: readonly Value[], kwargs: Value | undefined): Value | undefined {
    if (made.callee.kind !== 'global') return undefined
    const own = allItems(made.args)
    const [first] = args
    if (own === undefined) return undefined
    switch (canonicalName(made.callee)) {
      case 'functools.partial':
        return this.#applyPartial(made, own, { args, kwargs })
      case 'operator.attrgetter':
        return first === undefined ? undefined : this.#attributes(first, own)
      case 'operator.itemgetter':
        return this.item(first, own[0])
      case 'operator.methodcaller':
        return first === undefined
          ? undefined
          : this.derive({ callee: this.attribute(first, own[0]), args: own.slice(1) })
      default:
        return undefined
    }
  }

  #attributes(of: Value, names: readonly Value[]): Value {
    const values = names.map((name) => {
      if (name.kind !== 'str') return this.attribute(of, name)
      const steps = name.text.split('.', 32)
      return steps.reduce<Value>((value, text) => this.attribute(value, { ...name, text }), of)
    })
    return values.length === 1 ? (values[0] ?? of) : sequenceValue('tuple', values)
  }

  /** `partial.__setstate__` sets function and arguments anew: `(function, args, kwargs, dict)`. */
  #applyPartial(
    made: CallValue,
    own: readonly Value[],
    more: { args: readonly Value[]; kwargs: Value | undefined },
  ): Value | undefined {
    const [callee, given] = allItems(made.state) ?? own
    const bound = made.state === undefined ? own.slice(1) : (allItems(given) ?? [])
    if (callee === undefined) return undefined
    return this.derive({ callee, args: [...bound, ...more.args], kwargs: more.kwargs ?? made.kwargs })
  }
}

function statesOf(call: CallValue): readonly (Value | undefined)[] {
  return call.state?.kind === 'tuple' ? call.state.items : [call.state]
}

/** Functions that make functions, which are followed when those are called. */
const MAKERS = new Set([
  'functools.partial',
  'operator.attrgetter',
  'operator.itemgetter',
  'operator.methodcaller',
])

/** Whether calls of a name are followed: then the call is not all that happens. */
export function isFollowed(module: string, name: string): boolean {
  const full = canonicalName({ module, name })
  return full.endsWith('.__call__') || TEXT_FOLDS.has(full) || CALL_FOLDS.has(full) || MAKERS.has(full)
}

/** Whether a call of a name only makes an object of the class in its first argument, without that being called (NEWOBJ). */
export function isRebuilder(module: string, name: string): boolean {
  return CALL_FOLDS.get(canonicalName({ module, name })) === reconstruct
}

/** The C twins and the names of Python 2 are the same functions. */
const TWINS: ReadonlyMap<string, string> = new Map([
  ['_operator', 'operator'],
  ['_functools', 'functools'],
  ['_codecs', 'codecs'],
  ['__builtin__', 'builtins'],
  ['__builtins__', 'builtins'],
  ['copy_reg', 'copyreg'],
])

function canonicalName({ module, name }: { readonly module: string; readonly name: string }): string {
  return `${TWINS.get(module) ?? module}.${name}`
}
