import type { Parts } from './home-parts.ts'
import { createSubjects, type Subjects } from './services/subjects/index.ts'

/** The registry of data sets, prompts, tool lists and endpoints of an open home. */
export function openSubjects({ registry, blobs }: Pick<Parts, 'registry' | 'blobs'>): Subjects {
  return createSubjects({ registry, blobs })
}
