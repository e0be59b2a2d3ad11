import { type Service, ServiceSelector, type SigningConfig } from '@sigstore/protobuf-specs'
import { SallyportError } from '../../ground/lang/index.ts'

/** Services that a signature is made with. */
export interface SigningServices {
  readonly fulcio: string
  readonly logs: readonly { readonly url: string; readonly version: number }[]
  readonly timestampAuthorities: readonly string[]
}

/** Highest major of the API that is spoken here. */
const VERSIONS = { fulcio: 1, rekor: 2, timestamp: 1, oidc: 1 } as const

/**
 * Chooses services as a signing config wants them: valid now, of the highest API that is spoken here, newest first, one
 * an operator (sigstore_trustroot.proto, ServiceSelector).
 * @throws SallyportError `BAD_CONFIG` where it leaves nothing, or a log without a time
 */
export function selectServices(config: SigningConfig, now: Date): SigningServices {
  const [fulcio] = usable(config.caUrls, VERSIONS.fulcio, now)
  if (fulcio === undefined) throw refuse('names no certificate authority that is valid now')
  const logs = choose(
    usable(config.rekorTlogUrls, VERSIONS.rekor, now),
    config.rekorTlogConfig,
    'transparency log',
  )
  const stamps = choose(
    usable(config.tsaUrls, VERSIONS.timestamp, now),
    config.tsaConfig,
    'timestamp authority',
  )
  if (logs.length === 0) throw refuse('names no transparency log')
  if (stamps.length === 0 && logs.every((log) => log.majorApiVersion >= 2))
    throw refuse('names a Rekor v2 log and no timestamp authority, so that nothing would vouch for the time')
  return {
    fulcio: fulcio.url,
    logs: logs.map(({ url, majorApiVersion }) => ({ url, version: majorApiVersion })),
    timestampAuthorities: stamps.map(({ url }) => url),
  }
}

/** The OIDC issuer that people log in at. @throws SallyportError `BAD_CONFIG` */
export function selectIssuer(config: SigningConfig, now: Date): string {
  const [issuer] = usable(config.oidcUrls, VERSIONS.oidc, now)
  if (issuer === undefined) throw refuse('names no OIDC issuer that is valid now')
  return issuer.url
}

function usable(services: readonly Service[], maxVersion: number, now: Date): readonly Service[] {
  const valid = services
    .filter(({ majorApiVersion, validFor }) => {
      const hasBegun = validFor?.start !== undefined && validFor.start <= now
      const hasEnded = validFor?.end !== undefined && validFor.end < now
      return majorApiVersion <= maxVersion && majorApiVersion > 0 && hasBegun && !hasEnded
    })
    .toSorted(
      (a, b) =>
        b.majorApiVersion - a.majorApiVersion ||
        (b.validFor?.start?.getTime() ?? 0) - (a.validFor?.start?.getTime() ?? 0),
    )
  const operators = new Set<string>()
  return valid.filter(({ operator }) => {
    if (operator === '') return true
    const isNew = !operators.has(operator)
    operators.add(operator)
    return isNew
  })
}

function choose(
  services: readonly Service[],
  wanted: SigningConfig['rekorTlogConfig'],
  what: string,
): readonly Service[] {
  // No config means that the instance has none of these.
  if (wanted === undefined) return []
  const counts: Readonly<Partial<Record<ServiceSelector, number>>> = {
    [ServiceSelector.ANY]: 1,
    [ServiceSelector.EXACT]: wanted.count,
    [ServiceSelector.ALL]: services.length,
  }
  const count = counts[wanted.selector]
  if (count === undefined) throw refuse(`selects a ${what} in a way that is not known here`)
  if (services.length < count || count < 1)
    throw refuse(`asks for ${count} of ${services.length} valid ${what}s`)
  return services.slice(0, count)
}

function refuse(why: string): SallyportError {
  return new SallyportError('BAD_CONFIG', `the signing config ${why}`)
}
