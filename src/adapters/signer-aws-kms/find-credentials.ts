import { readFile } from 'node:fs/promises'
import { SallyportError } from '../../ground/lang/index.ts'
import { askPeer, isLoopback, readAnswer, textOf } from '../../services/keys/index.ts'
import type { AwsCredentials, AwsDeps, Env } from './aws-deps.ts'
import { readProfile } from './shared-files.ts'

/** Milliseconds. On a machine outside of AWS nobody answers at the metadata address. */
const METADATA_TIMEOUT_MS = 1_500
const METADATA = 'http://169.254.169.254'
/** Hosts that hand out the credentials of a container: ECS, and the EKS Pod Identity agent. */
const CONTAINER_HOSTS = ['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]']

/**
 * Credentials in the order of the AWS SDKs: environment, web identity, shared files, container, instance metadata
 * (IMDSv2 only). Profiles that need a login (SSO), another role or a program are refused by name.
 * @throws SallyportError `BAD_CONFIG` when there are none, `PEER_FAILED` when a service that has them fails
 */
export async function findCredentials(deps: AwsDeps, region: string): Promise<AwsCredentials> {
  const { env } = deps
  if (env.AWS_ACCESS_KEY_ID !== undefined && env.AWS_SECRET_ACCESS_KEY !== undefined)
    return {
      accessKeyId: env.AWS_ACCESS_KEY_ID,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
      ...(env.AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: env.AWS_SESSION_TOKEN }),
    }
  if (env.AWS_WEB_IDENTITY_TOKEN_FILE !== undefined) return webIdentity(deps, region)
  const shared = await sharedFile(env)
  if (shared !== undefined) return shared
  const container = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ?? env.AWS_CONTAINER_CREDENTIALS_FULL_URI
  if (container !== undefined) return ofContainer(deps)
  if (env.AWS_EC2_METADATA_DISABLED !== 'true') return ofInstance(deps)
  throw new SallyportError(
    'BAD_CONFIG',
    'AWS: no credentials found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or run where a role is given',
  )
}

async function sharedFile(env: Env): Promise<AwsCredentials | undefined> {
  const profile = await readProfile(env)
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: session } = profile
  if (id !== undefined && secret !== undefined)
    return {
      accessKeyId: id,
      secretAccessKey: secret,
      ...(session === undefined ? {} : { sessionToken: session }),
    }
  const other = ['role_arn', 'sso_session', 'sso_start_url', 'credential_process'].find(
    (key) => key in profile,
  )
  if (other === undefined) return undefined
  throw new SallyportError(
    'BAD_CONFIG',
    `AWS: the profile "${env.AWS_PROFILE ?? 'default'}" uses ${other}, which is not supported; run: eval "$(aws configure export-credentials --format env)"`,
  )
}

async function webIdentity(deps: AwsDeps, region: string): Promise<AwsCredentials> {
  const { env } = deps
  const what = 'AWS STS (assume role with web identity)'
  if (env.AWS_ROLE_ARN === undefined)
    throw new SallyportError('BAD_CONFIG', 'AWS: AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not')
  const token = await readSecret(env.AWS_WEB_IDENTITY_TOKEN_FILE ?? '', 'the web identity token')
  const form = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: env.AWS_ROLE_ARN,
    RoleSessionName: env.AWS_ROLE_SESSION_NAME ?? 'sallyport',
    WebIdentityToken: token,
  })
  const answer = await askPeer(deps.fetch, {
    what,
    url: `${env.AWS_ENDPOINT_URL_STS ?? `https://sts.${region}.amazonaws.com`}/`,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/xml' },
    body: Buffer.from(form.toString()),
  })
  const xml = Buffer.from(answer).toString('utf8')
  const part = (name: string) => {
    const value = new RegExp(`<${name}>([^<&]{1,8192})</${name}>`).exec(xml)?.[1]
    if (value === undefined) throw new SallyportError('PEER_FAILED', `${what}: the answer has no ${name}`)
    return value.trim()
  }
  return {
    accessKeyId: part('AccessKeyId'),
    secretAccessKey: part('SecretAccessKey'),
    sessionToken: part('SessionToken'),
    expiresAt: timeOf(part('Expiration'), what),
  }
}

async function ofContainer(deps: AwsDeps): Promise<AwsCredentials> {
  const { env } = deps
  const what = 'AWS container credentials'
  const relative = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
  const url = URL.parse(
    relative === undefined
      ? (env.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '')
      : `http://${CONTAINER_HOSTS[0]}${relative}`,
  )
  // A changed variable must not send the container's token to a stranger (the SDKs' rule).
  const isSafe =
    url !== null &&
    (url.protocol === 'https:' || isLoopback(url.hostname) || CONTAINER_HOSTS.includes(url.hostname))
  if (!isSafe)
    throw new SallyportError(
      'BAD_CONFIG',
      `${what}: the address in the environment is neither https nor local`,
    )
  const file = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
  const token =
    file === undefined
      ? env.AWS_CONTAINER_AUTHORIZATION_TOKEN
      : await readSecret(file, "the container's token")
  const headers = token === undefined ? {} : { authorization: token }
  return handedOut(await askPeer(deps.fetch, { what, url: url.href, method: 'GET', headers }), what)
}

async function ofInstance(deps: AwsDeps): Promise<AwsCredentials> {
  const what = 'AWS instance metadata'
  const base = deps.env.AWS_EC2_METADATA_SERVICE_ENDPOINT?.replace(/\/+$/, '') ?? METADATA
  const ask = (path: string, method: 'GET' | 'PUT', headers: Record<string, string>) =>
    askPeer(deps.fetch, {
      what,
      url: `${base}/latest/${path}`,
      method,
      headers,
      timeoutMs: METADATA_TIMEOUT_MS,
    })
  try {
    const token = text(await ask('api/token', 'PUT', { 'x-aws-ec2-metadata-token-ttl-seconds': '300' }))
    const headers = { 'x-aws-ec2-metadata-token': token }
    const path = 'meta-data/iam/security-credentials/'
    const role = text(await ask(path, 'GET', headers)).split('\n')[0] ?? ''
    return handedOut(await ask(`${path}${encodeURIComponent(role)}`, 'GET', headers), what)
  } catch (cause) {
    throw new SallyportError(
      'BAD_CONFIG',
      `AWS: no credentials in the environment, the shared files or a container, and ${(cause as Error).message}`,
      { cause },
    )
  }
}

function handedOut(bytes: Uint8Array, what: string): AwsCredentials {
  const answer = readAnswer(bytes, what)
  return {
    accessKeyId: textOf(answer, 'AccessKeyId', what),
    secretAccessKey: textOf(answer, 'SecretAccessKey', what),
    sessionToken: textOf(answer, 'Token', what),
    expiresAt: timeOf(textOf(answer, 'Expiration', what), what),
  }
}

function timeOf(value: string, what: string): number {
  const ms = Date.parse(value)
  if (Number.isFinite(ms)) return ms
  throw new SallyportError('PEER_FAILED', `${what}: the credentials end at no time`)
}

async function readSecret(path: string, what: string): Promise<string> {
  return (
    await readFile(path, 'utf8').catch((cause) => {
      throw new SallyportError('BAD_CONFIG', `AWS: cannot read ${what} in ${path}`, { cause })
    })
  ).trim()
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8').trim()
}
