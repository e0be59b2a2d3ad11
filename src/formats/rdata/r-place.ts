import type { RPosition } from './r-node.ts'
import type { Scope, Step } from './r-path.ts'
import { IS_ACTIVE } from './sxp.ts'

/** Where an item stands, as its reader needs to know. */
export interface At {
  /** `bindings`: a pairlist of variables; `table`: a vector of such; `attributes`: a pairlist of attributes. */
  readonly position: RPosition | 'bindings' | 'table' | 'attributes' | 'workspace'
  readonly step: Step | undefined
  readonly depth: number
  readonly isActive?: boolean
  /** Takes the names of a list, once they are read. */
  readonly scope?: Scope
}

/** One level deeper, at the same kind of place. */
export function inside(at: At, step: Step | undefined): At {
  return { ...at, step, depth: at.depth + 1 }
}

/** Inside, as data. */
export function data(at: At): At {
  return { position: at.position === 'code' ? 'code' : 'data', step: at.step, depth: at.depth }
}

/** Inside, as an expression. */
export function code(at: At): At {
  return { position: 'code', step: at.step, depth: at.depth }
}

/** The position as sights tell it. */
export function positionOf({ position }: At): RPosition {
  if (position === 'frame' || position === 'binding' || position === 'code') return position
  return 'data'
}

/** Attributes and calls are looked into; data that is a pairlist is only passed over. */
export function keepsItems(at: At): boolean {
  return at.position === 'code' || at.position === 'attributes'
}

/** A cell of a pairlist or call. */
export interface Cell {
  readonly name: string | undefined
  readonly index: number
  readonly isCall: boolean
  readonly cell: number
}

/** The place of the value of a cell. */
export function cellPlace(at: At, { name, index, isCall, cell }: Cell): At {
  const depth = at.depth + 1
  if (isCall || at.position === 'code') return { position: 'code', step: at.step, depth }
  const isActive = (cell & IS_ACTIVE) !== 0
  const label = at.position === 'attributes' ? '@' : '$'
  const step: Step = { parent: at.step, label: `${label}${name ?? index + 1}` }
  if (at.position === 'workspace') return { position: 'binding', step, depth, isActive }
  if (at.position === 'bindings' || at.position === 'frame')
    return { position: 'frame', step, depth, isActive }
  return { position: 'data', step, depth }
}
