import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { type Fault, HttpProblem } from './problem.ts'

/** Faults named in one answer; more help nobody. */
const MAX_FAULTS = 20
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

/** The two ways of checking: what comes in the URL is text and is read as what the schema says; a body is not. */
export interface Validators {
  readonly body: Ajv
  readonly url: Ajv
}

export function createValidators(): Validators {
  return { body: newAjv(false), url: newAjv(true) }
}

function newAjv(coerceTypes: boolean): Ajv {
  const ajv = new Ajv({ allErrors: true, useDefaults: true, coerceTypes, strict: false, ownProperties: true })
  ajv.addFormat('date-time', (text) => RFC3339.test(text) && !Number.isNaN(Date.parse(text)))
  ajv.addFormat('uri', (text) => URL.canParse(text))
  return ajv
}

/** Checks one part of a request. @throws HttpProblem 400, naming what is wrong and where */
export function check(validate: ValidateFunction, part: 'body' | 'query' | 'path', value: unknown): void {
  if (validate(value)) return
  const faults = (validate.errors ?? []).slice(0, MAX_FAULTS).map((error) => faultOf(part, error))
  const first = faults[0]
  const detail = first === undefined ? `The ${part} is not valid.` : `${first.where} ${first.what}.`
  throw new HttpProblem(400, 'BAD_INPUT', detail, { faults })
}

function faultOf(part: string, error: ErrorObject): Fault {
  const { missingProperty, additionalProperty, allowedValues } = error.params
  const steps = error.instancePath.split('/').slice(1)
  const extra = missingProperty ?? additionalProperty
  const names = typeof extra === 'string' ? [...steps, extra] : steps
  const where = [part, ...names.map((step) => step.slice(0, 100))].join('.')
  if (missingProperty !== undefined) return { where, what: 'is missing' }
  if (additionalProperty !== undefined) return { where, what: 'is not known here' }
  if (Array.isArray(allowedValues)) return { where, what: `must be one of ${allowedValues.join(', ')}` }
  return { where, what: error.message ?? 'is not valid' }
}
