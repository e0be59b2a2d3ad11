import type { Guess, Trigger } from './guess.ts'

/** Words of one comparison that are kept. */
const MAX_WORDS = 12

/** A comparison of what is said, or of the date, with constants. */
export function triggersOf(subject: Guess, constant: Guess, isNegated = false): Trigger[] {
  if (!subject.isContent && !subject.isDate) return []
  const on = subject.isContent ? 'content' : 'date'
  return wordsOf(constant).map((words) => ({ on, words, isNegated }))
}

/** Texts and numbers among the values, those inside lists too. */
export function wordsOf(guess: Guess): string[] {
  return guess.values
    .flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null && value.kind === 'list'
        ? value.items.flatMap((item): unknown[] => [...item.values])
        : [value],
    )
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map(String)
    .slice(0, MAX_WORDS)
}

/** The triggers that lead into one arm of a branch. */
export function armTriggers(test: Guess, isOtherwise: boolean): readonly Trigger[] {
  return test.triggers.filter(({ isNegated }) => isNegated === isOtherwise)
}
