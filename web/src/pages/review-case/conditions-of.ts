import type { Conditions } from '../../api/contract.ts'

/** The commit or version at the end of a source such as `huggingface.co/org/name@commit`. */
export function commitOf(source: string | undefined): string | undefined {
  return /@([0-9a-f]{40}|[0-9a-f]{64})$/.exec(source ?? '')?.[1]
}

/** The conditions that a form names; undefined when it names none. */
export function conditionsOf(form: FormData, commit: string | undefined): Conditions | undefined {
  const day = String(form.get('until') ?? '')
  const conditions: Conditions = {
    ...(form.has('safetensorsOnly') ? { safetensorsOnly: true } : {}),
    ...(form.has('commitOnly') && commit !== undefined ? { commit } : {}),
    ...(form.has('untilOnly') && day !== '' ? { until: `${day}T23:59:59.999Z` } : {}),
  }
  return Object.keys(conditions).length === 0 ? undefined : conditions
}
