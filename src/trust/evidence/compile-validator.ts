import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { PREDICATE_SCHEMAS, TERMS_SCHEMA } from './predicate-schemas.ts'
import type { PredicateName } from './predicate-types.ts'

/** Says whether a value follows a schema; when it does not, `errors` says why until the next call. */
export interface PredicateValidator {
  (value: unknown): boolean
  errors?: readonly ErrorObject[] | null
}

/**
 * The validator of one predicate. In the published package the build puts the very code that Ajv writes here in the place of
 * this module (`bin/compiled-validators.cjs`): to start the compiler costs 60 ms and 20 MB, which a watcher of training runs has not.
 */
export function compileValidator(name: PredicateName): PredicateValidator {
  return new Ajv2020({ strict: true }).addSchema(TERMS_SCHEMA).compile(PREDICATE_SCHEMAS[name])
}
