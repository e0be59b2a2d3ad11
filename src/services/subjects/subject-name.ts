import { fail, ok, type Result } from '../../ground/lang/index.ts'

/** What is registered beside models: each has the same stages, verbs and statements as a model. */
export const SUBJECT_KINDS = ['dataset', 'prompt', 'tool-list', 'endpoint'] as const
export type SubjectKind = (typeof SUBJECT_KINDS)[number]

/** Characters of a name, as the registry has it for models, less the kind before it. */
const MAX_NAME = 180

/** `prompt:support/triage`: no hub can name a model so, for its names hold no colon. */
export function nameInRegistry(kind: SubjectKind, name: string): string {
  return `${kind}:${name}`
}

/** The way back; undefined for what is a model. */
export function parseSubjectName(
  text: string,
): { readonly kind: SubjectKind; readonly name: string } | undefined {
  const at = text.indexOf(':')
  const kind = SUBJECT_KINDS.find((one) => one === text.slice(0, at))
  return kind === undefined ? undefined : { kind, name: text.slice(at + 1) }
}

/** A name that can stand in a list, a file of settings and a URL. */
export function checkName(name: string): Result<string, string> {
  if (name.length === 0 || name.length > MAX_NAME)
    return fail(`a name has 1 to ${MAX_NAME} characters; this has ${name.length}`)
  if (!/^[\p{L}\p{N}](?:[\p{L}\p{N}._ /-]*[\p{L}\p{N}])?$/u.test(name))
    return fail('a name begins and ends with a letter or digit, and holds those, spaces, and . _ / - between')
  return ok(name)
}
