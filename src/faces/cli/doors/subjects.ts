import type { Subjects } from '../../../services/subjects/index.ts'

/** What the command line asks of the registry of data sets, prompts, tool lists and endpoints. */
export type SubjectsDoor = Subjects
