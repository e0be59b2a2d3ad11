import { SallyportError } from '../../ground/lang/index.ts'

/** What one principal may take through the doors of this server. */
export interface QuotaSettings {
  /** GiB of models on a day, UTC. */
  readonly quotaGibPerDay?: number
  readonly quotaRequestsPerMinute?: number
}

/** @throws SallyportError `BAD_CONFIG` naming the setting */
export function readQuotas(text: {
  readonly gib: string | undefined
  readonly requests: string | undefined
}): QuotaSettings {
  return {
    ...(text.gib === undefined ? {} : { quotaGibPerDay: positive('quotaGibPerDay', text.gib) }),
    ...(text.requests === undefined
      ? {}
      : { quotaRequestsPerMinute: positive('quotaRequestsPerMinute', text.requests) }),
  }
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new SallyportError('BAD_CONFIG', `${name} is "${text}"; it must be a number above 0, or not set`)
  return value
}
