import { SallyportError } from '../../ground/lang/index.ts'

const ROLES = ['assessor', 'policy', 'consent'] as const
type KeyPlaces = Readonly<Partial<Record<(typeof ROLES)[number], string>>>

/**
 * Where the house's keys lie that are no files: `keys: { assessor: awskms://… }`, or `SALLYPORT_KEY_ASSESSOR`.
 * @throws SallyportError `BAD_CONFIG`; the log's key is a file always
 */
export function readKeyPlaces(value: unknown, env: Readonly<Record<string, string | undefined>>): KeyPlaces {
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value)))
    throw refuse('must name URIs by role, such as assessor: awskms:///alias/assessor')
  const written = new Map<string, unknown>(Object.entries(value ?? {}))
  for (const name of written.keys())
    if (!ROLES.some((role) => role === name))
      throw refuse(`"${name}" is no role of a key; known are ${ROLES.join(', ')}`)
  const places: Record<string, string> = {}
  for (const role of ROLES) {
    const place = env[`SALLYPORT_KEY_${role.toUpperCase()}`] ?? written.get(role)
    if (place === undefined) continue
    if (typeof place !== 'string' || !/^((awskms|gcpkms|hashivault):\/\/|pkcs11:)/.test(place))
      throw refuse(`${role} must be awskms://…, gcpkms://…, hashivault://… or pkcs11:…`)
    places[role] = place
  }
  return places
}

function refuse(why: string): SallyportError {
  return new SallyportError('BAD_CONFIG', `sallyport.yaml: keys: ${why}`)
}
