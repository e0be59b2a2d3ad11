export { createSubjects } from './create-subjects.ts'
export { identityOf } from './identity-of.ts'
export { parseSubjectName, SUBJECT_KINDS, type SubjectKind } from './subject-name.ts'
export type { RegisteredSubject, SubjectChanges, Subjects } from './subjects-port.ts'
