import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { SallyportError } from '../../ground/lang/index.ts'
import { at } from './at.ts'
import { callPeer, callPeerForJson, type PeerDeps } from './call-peer.ts'

/** What the public instance and private ones by default want a token to be for. */
const AUDIENCE = 'sigstore'

/** Milliseconds that an agent's program may take. */
const PROGRAM_TIMEOUT_MS = 30_000

/** What ambient credentials are looked for in. */
export interface AmbientDeps extends PeerDeps {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where a workload's token file stands; cosign's place by default. */
  readonly tokenFile?: string
}

type FindToken = (deps: AmbientDeps) => Promise<string | undefined>

/** Places of tokens, in the order in which they are asked; each says undefined when this is not its service. */
const PLACES: readonly FindToken[] = [
  ofEnvironment,
  ofGitHub,
  ofTokenFile,
  ofBuildkite,
  ofCircleCi,
  ofGoogleCloud,
]

/**
 * The OpenID Connect token that this machine's CI service or cloud gives to its jobs.
 * @throws SallyportError `UNAUTHENTICATED` where there is none, `PEER_FAILED` where it is refused
 */
export async function findAmbientToken(deps: AmbientDeps): Promise<string> {
  for (const find of PLACES) {
    const token = await find(deps)
    if (token !== undefined && token.trim() !== '') return token.trim()
  }
  throw new SallyportError(
    'UNAUTHENTICATED',
    'no ambient credentials: looked for SIGSTORE_ID_TOKEN (GitLab id_tokens), GitHub Actions (permissions: id-token: write), a token file, Buildkite, CircleCI and Google Cloud',
  )
}

/** GitLab: `id_tokens: SIGSTORE_ID_TOKEN: aud: sigstore`. Others set it by hand. */
async function ofEnvironment({ env }: AmbientDeps): Promise<string | undefined> {
  return env.SIGSTORE_ID_TOKEN
}

/** GitHub Actions (docs.github.com, "OpenID Connect reference"). */
async function ofGitHub(deps: AmbientDeps): Promise<string | undefined> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = deps.env
  if (deps.env.GITHUB_ACTIONS === 'true' && (url === undefined || token === undefined))
    throw new SallyportError(
      'UNAUTHENTICATED',
      'this GitHub Actions job may not ask for a token: give it permissions: id-token: write',
    )
  if (url === undefined || token === undefined || !URL.canParse(url)) return undefined
  const address = new URL(url)
  address.searchParams.set('audience', AUDIENCE)
  const answer = await callPeerForJson(deps, {
    peer: 'GitHub Actions, asked for an identity token',
    url: address.href,
    method: 'GET',
    headers: { Accept: 'application/json', Authorization: `Bearer ${token}` },
    secrets: [token],
  })
  const value = at(answer, 'value')
  return typeof value === 'string' ? value : undefined
}

/** A token that Kubernetes or SPIFFE puts into a workload (cosign `pkg/providers/filesystem`). */
async function ofTokenFile({ tokenFile = '/var/run/sigstore/cosign/oidc-token' }: AmbientDeps) {
  return readFile(tokenFile, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined
    throw new SallyportError('UNAUTHENTICATED', `the token file ${tokenFile} cannot be read`, { cause })
  })
}

async function ofBuildkite({ env, signal }: AmbientDeps): Promise<string | undefined> {
  if (env.BUILDKITE !== 'true') return undefined
  return ask('buildkite-agent', ['oidc', 'request-token', '--audience', AUDIENCE], { env, signal })
}

async function ofCircleCi({ env, signal }: AmbientDeps): Promise<string | undefined> {
  if (env.CIRCLECI !== 'true') return undefined
  return ask('circleci', ['run', 'oidc', 'get', '--claims', JSON.stringify({ aud: AUDIENCE })], {
    env,
    signal,
  })
}

/** The metadata server that every Google Cloud machine has (cloud.google.com, "Verify VM identity"). */
async function ofGoogleCloud(deps: AmbientDeps): Promise<string | undefined> {
  const product = await readFile('/sys/class/dmi/id/product_name', 'utf8').catch(() => '')
  if (!/^Google( Compute Engine)?$/.test(product.trim())) return undefined
  const answer = await callPeer(deps, {
    peer: 'the metadata server of Google Cloud, asked for an identity token',
    url: `http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity?audience=${AUDIENCE}&format=full`,
    method: 'GET',
    headers: { 'Metadata-Flavor': 'Google' },
    allowHttp: true,
  })
  return Buffer.from(answer).toString('utf8')
}

async function ask(
  program: string,
  args: readonly string[],
  { env, signal }: Pick<AmbientDeps, 'env' | 'signal'>,
): Promise<string> {
  try {
    const options = { env, timeout: PROGRAM_TIMEOUT_MS, maxBuffer: 65_536, ...(signal && { signal }) }
    return (await promisify(execFile)(program, [...args], options)).stdout
  } catch (cause) {
    // Its output may hold a token; the code or the missing program is enough.
    const code = at(cause, 'code')
    throw new SallyportError('PEER_FAILED', `${program} gave no identity token (${String(code)})`)
  }
}
