import { Environment } from '@marcbachmann/cel-js'
import { fail, ok, type Result } from '../../ground/lang/index.ts'

/** Nodes and levels of one expression; a condition that a reviewer can read is far below. */
const LIMITS = { maxAstNodes: 256, maxDepth: 24, maxListElements: 64, maxMapEntries: 64, maxCallArguments: 8 }

/** Macros that walk a list. One inside another would cost the square of the evidence's size. */
const WALKING_MACROS = ['all', 'exists', 'exists_one', 'map', 'filter']

/** A CEL expression that has been checked, with what it means in words. */
export interface Condition {
  readonly cel: string
  readonly message: string
  /** True, false, or why it could not be said; never throws. */
  readonly holds: (predicate: Readonly<Record<string, unknown>>) => Result<boolean>
}

/**
 * A condition whose cost is bounded by the size of the evidence: no walk inside a walk, no regular expressions (this CEL
 * runs them on a backtracking engine, CWE-1333).
 */
export function parseCondition(cel: string, message: string): Result<Condition> {
  const environment = new Environment({ limits: LIMITS }).registerVariable('predicate', 'map')
  try {
    const expression = environment.parse(cel)
    const checked = expression.check()
    if (!checked.valid) return fail(sayError(checked.error))
    if (checked.type !== 'bool' && checked.type !== 'dyn')
      return fail(`gives ${checked.type}, not true or false`)
    const problem = problemOfCost(expression.ast, false)
    if (problem !== undefined) return fail(problem)
    return ok({ cel, message, holds: (predicate) => evaluate(() => expression({ predicate })) })
  } catch (error) {
    return fail(sayError(error))
  }
}

function evaluate(run: () => unknown): Result<boolean> {
  try {
    const value = run()
    return typeof value === 'boolean' ? ok(value) : fail(`gave ${typeof value}, not true or false`)
  } catch (error) {
    return fail(sayError(error))
  }
}

function problemOfCost(node: unknown, insideWalk: boolean): string | undefined {
  if (Array.isArray(node)) return firstOf(node, (part) => problemOfCost(part, insideWalk))
  if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return undefined
  const name =
    (node.op === 'call' || node.op === 'rcall') && Array.isArray(node.args) ? node.args[0] : undefined
  if (name === 'matches')
    return 'uses matches(), whose cost cannot be bounded; use contains, startsWith or endsWith'
  const isWalk = node.op === 'rcall' && WALKING_MACROS.includes(String(name))
  if (isWalk && insideWalk)
    return `uses ${name}() inside another walk over a list, whose cost cannot be bounded`
  return problemOfCost(node.args, insideWalk || isWalk)
}

function firstOf<T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}

function sayError(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? 'failed') : 'failed'
}
