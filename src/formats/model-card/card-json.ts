import type { CardJson } from './model-card.ts'

/** Levels of a value in front matter; `model-index` has six. */
const MAX_DEPTH = 10
/** Items of one list or members of one object. The longest evaluation list seen has 2,000. */
const MAX_ITEMS = 5_000
/** Values of a whole front matter. */
const MAX_VALUES = 50_000
/** Characters of one text: gating prompts and widgets hold pages, nothing longer. */
const MAX_TEXT = 20_000

/** What of a parsed value may be kept, and what was left out of it. */
export function cardJsonOf(value: unknown): { readonly value: CardJson; readonly isCut: boolean } {
  const budget = { left: MAX_VALUES, isCut: false }
  return { value: plain(value, 0, budget) ?? null, isCut: budget.isCut }
}

interface Budget {
  left: number
  isCut: boolean
}

function plain(value: unknown, depth: number, budget: Budget): CardJson | undefined {
  budget.left -= 1
  if (budget.left < 0 || depth > MAX_DEPTH) return cut(budget)
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return textOf(value, budget)
  // A number that JSON has no word for; and -0, which YAML tells from 0 and nobody means.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : cut(budget)
  if (Array.isArray(value)) return listOf(value, depth, budget)
  return typeof value === 'object' ? objectOf(value, depth, budget) : cut(budget)
}

function listOf(value: readonly unknown[], depth: number, budget: Budget): CardJson {
  if (value.length > MAX_ITEMS) budget.isCut = true
  return value.slice(0, MAX_ITEMS).flatMap((item) => {
    const kept = plain(item, depth + 1, budget)
    return kept === undefined ? [] : [kept]
  })
}

function objectOf(value: object, depth: number, budget: Budget): CardJson {
  const members = Object.entries(value)
  if (members.length > MAX_ITEMS) budget.isCut = true
  return Object.fromEntries(
    members.slice(0, MAX_ITEMS).flatMap(([name, member]) => {
      const kept = name === '__proto__' ? cut(budget) : plain(member, depth + 1, budget)
      return kept === undefined ? [] : [[textOf(name, budget), kept]]
    }),
  )
}

function textOf(text: string, budget: Budget): string {
  if (text.length > MAX_TEXT) budget.isCut = true
  return text.slice(0, MAX_TEXT).toWellFormed()
}

function cut(budget: Budget): undefined {
  budget.isCut = true
  return undefined
}
