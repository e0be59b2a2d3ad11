/** Something odd that happened once. */
export interface Sight {
  readonly offset: number
  readonly text: string
  readonly trail: readonly string[]
}

/**
 * `unresolved`: an import whose name is made at run time. `attributes`: an attribute is read that leads out of its object.
 * `methods`: a method of an object is kept. `dynamicCalls`: what was made is called. `actingCalls`: so is a method that acts.
 * `changes`: something imported is changed. `code`: a function or class of the file's own is made; `attackCode`: one that
 * starts programs or the like. `extensions`: an import by number. `tensorItems`: items are set on a tensor, as if on a dict.
 * `stateCode`: the state of an object is run as Python. `exhausting`: a call asks for more memory or time than there is;
 * `costly`: a value does, in words.
 */
export type SightKind =
  | 'unresolved'
  | 'attributes'
  | 'methods'
  | 'dynamicCalls'
  | 'actingCalls'
  | 'changes'
  | 'code'
  | 'attackCode'
  | 'extensions'
  | 'tensorItems'
  | 'stateCode'
  | 'exhausting'
  | 'costly'

/** Nothing seen yet. */
export function noSights(): Record<SightKind, Sight[]> {
  return {
    unresolved: [],
    attributes: [],
    methods: [],
    dynamicCalls: [],
    actingCalls: [],
    changes: [],
    code: [],
    attackCode: [],
    extensions: [],
    tensorItems: [],
    stateCode: [],
    exhausting: [],
    costly: [],
  }
}
