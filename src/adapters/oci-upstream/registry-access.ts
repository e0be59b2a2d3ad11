import { SallyportError } from '../../ground/lang/index.ts'
import {
  hostOf,
  type Outbound,
  type PeerAnswer,
  problemOf,
  readBounded,
} from '../../services/mirror/index.ts'

/** Bytes of an answer of a token server. */
const MAX_TOKEN_BYTES = 256 * 1024
/** Seconds that a token holds whose server says nothing (distribution-spec, token authentication), and before its end when a new one is asked for. */
const DEFAULT_TOKEN_S = 60
const EARLY_S = 10
/** Tokens kept, one a repository. */
const MAX_TOKENS = 500

/** Name and password, or a token with the name that its registry wants. */
export interface RegistryCredentials {
  readonly username: string
  readonly password: string
}

/** Asks one registry, with whatever proof it wants. */
export type AskRegistry = (request: {
  readonly repository: string
  readonly path: string
  readonly method?: 'GET' | 'HEAD'
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}) => Promise<PeerAnswer>

/**
 * The dance of registries: asked without proof, they name a server of tokens (`WWW-Authenticate: Bearer realm=…`); a token of it is
 * sent to the registry alone, never to where a redirect leads. What is asked for is a scope to pull, nothing more.
 */
export function openRegistryAccess(options: {
  /** Without a slash at its end. */
  readonly base: string
  readonly http: Outbound
  readonly credentials?: RegistryCredentials
  readonly now: () => Date
}): AskRegistry {
  const { base, http, credentials, now } = options
  const proofs = new Map<string, { readonly header: string; readonly until: number }>()
  const proofFor = (repository: string) => {
    const known = proofs.get(repository)
    return known !== undefined && known.until > now().getTime() ? known.header : undefined
  }
  const remember = (repository: string, proof: { readonly header: string; readonly until: number }) => {
    proofs.delete(repository)
    proofs.set(repository, proof)
    const [oldest] = proofs.keys()
    if (proofs.size > MAX_TOKENS && oldest !== undefined) proofs.delete(oldest)
  }
  return async ({ repository, path, method = 'GET', headers = {}, signal }) => {
    const once = (proof: string | undefined) =>
      http.ask({
        ...{ method, signal, url: `${base}/v2/${repository}${path}` },
        headers: { 'accept-encoding': 'identity', 'user-agent': 'sallyport', ...headers },
        secretHeaders: proof === undefined ? {} : { authorization: proof },
      })
    const answer = await once(proofFor(repository))
    if (answer.status !== 401) return answer
    answer.discard()
    const challenge = readChallenge(answer.headers['www-authenticate'] ?? '')
    const proof = await newProof(
      { http, now, signal, ...(credentials === undefined ? {} : { credentials }) },
      challenge,
      {
        repository,
        host: hostOf(answer),
      },
    )
    remember(repository, proof)
    return once(proof.header)
  }
}

type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string | undefined }

/** One challenge (RFC 9110 section 11.6.1): registries send one. */
function readChallenge(header: string): Challenge | undefined {
  if (/^basic\b/i.test(header)) return { scheme: 'basic' }
  if (!/^bearer\b/i.test(header)) return undefined
  const realm = /[\s,]realm="([^"]{1,2000})"/i.exec(header)?.[1]
  const service = /[\s,]service="([^"]{1,500})"/i.exec(header)?.[1]
  return realm === undefined ? undefined : { scheme: 'bearer', realm, service }
}

interface Dance {
  readonly http: Outbound
  readonly now: () => Date
  readonly signal: AbortSignal
  readonly credentials?: RegistryCredentials
}

async function newProof(
  { http, now, signal, credentials }: Dance,
  challenge: Challenge | undefined,
  { repository, host }: { readonly repository: string; readonly host: string },
): Promise<{ readonly header: string; readonly until: number }> {
  const basic =
    credentials === undefined
      ? undefined
      : `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`
  if (challenge === undefined || (challenge.scheme === 'basic' && basic === undefined))
    throw new SallyportError('FORBIDDEN', `${host} does not give it to this server without credentials`)
  if (challenge.scheme === 'basic')
    return { header: basic ?? '', until: now().getTime() + DEFAULT_TOKEN_S * 1000 }
  const url = URL.parse(challenge.realm)
  if (url === null) throw new SallyportError('PEER_FAILED', `${host} names no server of tokens`)
  if (challenge.service !== undefined) url.searchParams.set('service', challenge.service)
  url.searchParams.set('scope', `repository:${repository}:pull`)
  const answer = await http.ask({
    ...{ url: url.href, signal },
    headers: { accept: 'application/json', 'user-agent': 'sallyport' },
    secretHeaders: basic === undefined ? {} : { authorization: basic },
  })
  if (answer.status !== 200) {
    answer.discard()
    throw problemOf(answer, 'no token to pull with')
  }
  return tokenOf(await readBounded(answer, MAX_TOKEN_BYTES), { host: hostOf(answer), now })
}

function tokenOf(bytes: Buffer, { host, now }: { readonly host: string; readonly now: () => Date }) {
  let body: {
    readonly token?: unknown
    readonly access_token?: unknown
    readonly expires_in?: unknown
  } | null
  try {
    body = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new SallyportError('PEER_FAILED', `${host} answered with something that is no token`, { cause })
  }
  const token = body?.token ?? body?.access_token
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,65536}$/.test(token))
    throw new SallyportError('PEER_FAILED', `${host} answered with something that is no token`)
  const seconds = typeof body?.expires_in === 'number' ? body.expires_in : DEFAULT_TOKEN_S
  return { header: `Bearer ${token}`, until: now().getTime() + Math.max(0, seconds - EARLY_S) * 1000 }
}
