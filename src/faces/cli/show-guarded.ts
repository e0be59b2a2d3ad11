import type { GuardEvent, Guarded, GuardedModel } from '../../services/guard-load/index.ts'
import { bold, dim, safe, showBytes, showCount, showOutcome } from './format-text.ts'

/** What a program reads. */
export function guardedOutput({ outcome, models, load }: Guarded) {
  return {
    outcome,
    ...(load === undefined ? {} : { load: load.path, isCopy: load.copy !== undefined }),
    models: models.map(modelOutput),
  }
}

function modelOutput({ place, entries, standing }: GuardedModel) {
  const { partOf, ...rest } = standing
  return {
    path: place.path,
    ...(place.repo === undefined ? {} : { repository: place.repo }),
    ...(place.commit === undefined ? {} : { commit: place.commit }),
    files: entries.length,
    bytes: bytesOf(entries),
    ...rest,
    ...(partOf === undefined ? {} : { partOf }),
  }
}

/** What a person reads. */
export function guardedLines({ models, load }: Guarded): readonly string[] {
  const isInPlace = load !== undefined && load.copy === undefined
  return [
    ...models.flatMap(modelLines),
    ...(isInPlace
      ? [
          dim(
            '  The files were checked where they stand; only --copy or --exec rules out that they are swapped now.',
          ),
        ]
      : []),
  ]
}

function modelLines({ place, entries, standing }: GuardedModel): readonly string[] {
  const { outcome, digest, message, nextStep, expiresAt, partOf } = standing
  const size = `${showCount(entries.length, 'file')}, ${showBytes(bytesOf(entries))}`
  const part = partOf === undefined ? '' : `, of a model of ${showCount(partOf, 'file')}`
  return [
    `${showOutcome(outcome)}  ${bold(safe(place.label))}  ${dim(digest)}`,
    `  ${safe(message)}  ${dim(`(${size}${part})`)}`,
    ...(expiresAt === undefined ? [] : [dim(`  until ${expiresAt}`)]),
    ...(nextStep === undefined ? [] : [`  ${dim('→')} ${safe(nextStep)}`]),
  ]
}

function bytesOf(entries: readonly { readonly size: number }[]): number {
  return entries.reduce((sum, { size }) => sum + size, 0)
}

/** One event of a watch, for a person. */
export function eventLine({ event, at, message }: GuardEvent): string {
  return `${dim(at)}  ${event}  ${safe(message)}`
}
