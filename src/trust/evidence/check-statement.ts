import { STATEMENT_TYPE, type Statement } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { compileValidator, type PredicateValidator } from './compile-validator.ts'
import { nameOfPredicate, type PredicateName } from './predicate-types.ts'
import { problemOfMeaning } from './problem-of-meaning.ts'

/** Subjects of one statement. Ours have one; a build of others may have many files. */
const MAX_SUBJECTS = 10_000

// Compiled when first asked for: a CLI that seals nothing should not pay for fourteen schemas.
const compiled = new Map<PredicateName, PredicateValidator>()

/**
 * A statement from outside, or one about to be sealed: in-toto v1, at least one subject with a SHA-256, a predicate type
 * that is known and a predicate that its schema and its meaning allow. Unknown fields are kept.
 * @throws SallyportError `BAD_INPUT`, or `NOT_SUPPORTED` for an unknown predicate type or major
 */
export function checkStatement(value: unknown): {
  readonly statement: Statement
  readonly name: PredicateName
} {
  const { _type, subject, predicateType, predicate } = asRecord(value, 'the statement')
  if (_type !== STATEMENT_TYPE) throw refuse(`the statement's _type is not ${STATEMENT_TYPE}`)
  checkSubjects(subject)
  if (typeof predicateType !== 'string') throw refuse('the statement has no predicateType')
  const name = nameOfPredicate(predicateType)
  const fields = asRecord(predicate, 'the predicate')
  const validate = validatorOf(name)
  if (!validate(fields))
    throw refuse(`the ${name} statement does not follow its schema: ${sayErrors(validate.errors)}`)
  const statement = value as Statement
  const problem = problemOfMeaning(name, statement)
  if (problem !== undefined) throw refuse(`the ${name} statement contradicts itself: ${problem}`)
  return { statement, name }
}

function checkSubjects(subject: unknown): void {
  if (!Array.isArray(subject) || subject.length === 0) throw refuse('the statement has no subject')
  if (subject.length > MAX_SUBJECTS) throw refuse(`the statement has more than ${MAX_SUBJECTS} subjects`)
  for (const [i, one] of subject.entries()) {
    const { name, digest, annotations } = asRecord(one, `subject ${i + 1}`)
    const { sha256 } = asRecord(digest, `the digest of subject ${i + 1}`)
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256))
      throw refuse(`subject ${i + 1} has no SHA-256 in lower-case hex`)
    if (name !== undefined && typeof name !== 'string')
      throw refuse(`the name of subject ${i + 1} is not text`)
    if (annotations !== undefined) asRecord(annotations, `the annotations of subject ${i + 1}`)
  }
}

function validatorOf(name: PredicateName): PredicateValidator {
  const known = compiled.get(name)
  if (known !== undefined) return known
  const validate = compileValidator(name)
  compiled.set(name, validate)
  return validate
}

function sayErrors(errors: PredicateValidator['errors']): string {
  return (errors ?? [])
    .map(
      (error) =>
        `${error.instancePath === '' ? 'the predicate' : error.instancePath} ${error.message ?? 'is wrong'}`,
    )
    .join('; ')
}

function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(`${what} is not an object`)
  return value as Readonly<Record<string, unknown>>
}

function refuse(why: string): SallyportError {
  return new SallyportError('BAD_INPUT', why)
}
