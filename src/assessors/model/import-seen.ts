import type { ImportRole } from './import-policy.ts'

/** An imported name, and the first call it takes part in. */
export interface ImportSeen {
  readonly module: string
  readonly name: string
  readonly role: ImportRole
  readonly offset: number
  readonly trail: readonly string[]
  count: number
  call?: string
  /** Offset of that call. */
  callOffset?: number
  /** It was called with arguments, not only kept or made into an empty object. */
  isCalled: boolean
  /** Calls of it, and those among them that picklers write for plain values. */
  calls: number
  safeCalls: number
}

/** An import that acts, unless every call of it is one that picklers write for plain values. */
export function isActive(seen: ImportSeen): boolean {
  return seen.role === 'active' && (seen.calls === 0 || seen.safeCalls < seen.calls)
}
