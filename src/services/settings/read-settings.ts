import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { parse } from 'yaml'
import { SallyportError } from '../../ground/lang/index.ts'
import { readKeyPlaces } from './read-key-places.ts'
import { type MlflowSettings, readMlflow } from './read-mlflow.ts'
import { type NoticeSettings, readNotices } from './read-notices.ts'
import { type QuotaSettings, readQuotas } from './read-quotas.ts'
import { readSigners, type SignerSetting } from './read-signers.ts'
import {
  type OciUpstreamSetting,
  type PullUpstreamSetting,
  readOciUpstreams,
  readPullUpstreams,
} from './read-upstreams.ts'

/** What a house is told from outside: read once, frozen, handed down. Secrets come by file, never in the YAML. */
export interface Settings extends MlflowSettings, QuotaSettings, NoticeSettings {
  /** `log/ blobs/ quarantine/ keys/ state.db` stand here. */
  readonly home: string
  readonly host: string
  /** Console, API, hub and façades. */
  readonly port: number
  /** Metrics and health. */
  readonly opsPort: number
  readonly allowedHosts: readonly string[]
  readonly importRoots: readonly string[]
  /** Name of the log: a URL without scheme. */
  readonly origin: string
  /** Verifier keys of witnesses whose cosignatures on checkpoints are taken in (C2SP vkeys). */
  readonly witnesses: readonly string[]
  readonly policyFile?: string
  readonly tlsCertFile?: string
  readonly tlsKeyFile?: string
  readonly keyPassphraseFile?: string
  readonly postgresUrlFile?: string
  /** The hub behind the firewall, as a client's HF_ENDPOINT. */
  readonly hubUpstream: string
  /** Where the token for gated repositories of that hub stands. */
  readonly hubTokenFile?: string
  /** Whether the firewall refuses, warns, or only writes down. */
  readonly hubMode: HubMode
  /** Whether whoever reaches the hub without a token acts as the owner of this home; unset: on loopback only. */
  readonly hubAnonymous?: boolean
  /** Registries behind the firewall, by the first part of a repository's name. */
  readonly ociUpstreams: readonly OciUpstreamSetting[]
  /** Web servers and buckets behind the firewall. */
  readonly pullUpstreams: readonly PullUpstreamSetting[]
  /** Whose signatures on models are believed. */
  readonly signers: readonly SignerSetting[]
  /** URIs of the house's keys in a KMS or token, by role; those that are not named are files. */
  readonly keyPlaces: Readonly<Partial<Record<'assessor' | 'policy' | 'consent', string>>>
  /** An API token: who acts on the command line. */
  readonly token?: string
}

/** What the firewall before the hub does with what the policy does not allow. */
export const HUB_MODES = ['enforce', 'warn', 'observe'] as const
export type HubMode = (typeof HUB_MODES)[number]
const DEFAULT_HUB = 'https://huggingface.co'

type Source = Readonly<Record<string, string | undefined>>
interface Key {
  readonly yaml: string
  readonly env: string
}

/** Every setting by its place in `sallyport.yaml` and its environment variable; the latter wins. */
const KEYS = {
  host: { yaml: 'host', env: 'SALLYPORT_HOST' },
  port: { yaml: 'port', env: 'SALLYPORT_PORT' },
  opsPort: { yaml: 'opsPort', env: 'SALLYPORT_OPS_PORT' },
  allowedHosts: { yaml: 'allowedHosts', env: 'SALLYPORT_ALLOWED_HOSTS' },
  importRoots: { yaml: 'importRoots', env: 'SALLYPORT_IMPORT_ROOTS' },
  origin: { yaml: 'origin', env: 'SALLYPORT_ORIGIN' },
  witnesses: { yaml: 'witnesses', env: 'SALLYPORT_WITNESSES' },
  policyFile: { yaml: 'policyFile', env: 'SALLYPORT_POLICY_FILE' },
  tlsCertFile: { yaml: 'tlsCertFile', env: 'SALLYPORT_TLS_CERT_FILE' },
  tlsKeyFile: { yaml: 'tlsKeyFile', env: 'SALLYPORT_TLS_KEY_FILE' },
  keyPassphraseFile: { yaml: 'keyPassphraseFile', env: 'SALLYPORT_KEY_PASSPHRASE_FILE' },
  postgresUrlFile: { yaml: 'postgresUrlFile', env: 'SALLYPORT_POSTGRES_URL_FILE' },
  hubUpstream: { yaml: 'hubUpstream', env: 'SALLYPORT_HUB_UPSTREAM' },
  hubTokenFile: { yaml: 'hubTokenFile', env: 'SALLYPORT_HUB_TOKEN_FILE' },
  hubMode: { yaml: 'hubMode', env: 'SALLYPORT_HUB_MODE' },
  hubAnonymous: { yaml: 'hubAnonymous', env: 'SALLYPORT_HUB_ANONYMOUS' },
  quotaGibPerDay: { yaml: 'quotaGibPerDay', env: 'SALLYPORT_QUOTA_GIB_PER_DAY' },
  quotaRequestsPerMinute: { yaml: 'quotaRequestsPerMinute', env: 'SALLYPORT_QUOTA_REQUESTS_PER_MINUTE' },
  mlflowUpstream: { yaml: 'mlflowUpstream', env: 'SALLYPORT_MLFLOW_UPSTREAM' },
  mlflowTokenFile: { yaml: 'mlflowTokenFile', env: 'SALLYPORT_MLFLOW_TOKEN_FILE' },
  mlflowGuarded: { yaml: 'mlflowGuarded', env: 'SALLYPORT_MLFLOW_GUARDED' },
  mlflowOrigins: { yaml: 'mlflowOrigins', env: 'SALLYPORT_MLFLOW_ORIGINS' },
  sagemakerRegion: { yaml: 'sagemakerRegion', env: 'SALLYPORT_SAGEMAKER_REGION' },
  kubeflowUrl: { yaml: 'kubeflowUrl', env: 'SALLYPORT_KUBEFLOW_URL' },
  kubeflowTokenFile: { yaml: 'kubeflowTokenFile', env: 'SALLYPORT_KUBEFLOW_TOKEN_FILE' },
  reviewDays: { yaml: 'reviewDays', env: 'SALLYPORT_REVIEW_DAYS' },
  noticeWebhooks: { yaml: 'noticeWebhooks', env: 'SALLYPORT_NOTICE_WEBHOOKS' },
  noticeWebhookSecretFile: {
    yaml: 'noticeWebhookSecretFile',
    env: 'SALLYPORT_NOTICE_WEBHOOK_SECRET_FILE',
  },
  noticeSlackUrlFile: { yaml: 'noticeSlackUrlFile', env: 'SALLYPORT_NOTICE_SLACK_URL_FILE' },
  noticeSmtpUrlFile: { yaml: 'noticeSmtpUrlFile', env: 'SALLYPORT_NOTICE_SMTP_URL_FILE' },
  noticeFrom: { yaml: 'noticeFrom', env: 'SALLYPORT_NOTICE_FROM' },
  noticeTo: { yaml: 'noticeTo', env: 'SALLYPORT_NOTICE_TO' },
  noticePeopleFile: { yaml: 'noticePeopleFile', env: 'SALLYPORT_NOTICE_PEOPLE_FILE' },
} as const satisfies Readonly<Record<string, Key>>

/** Settings with fields of their own: readSigners, readKeyPlaces, readOciUpstreams, readPullUpstreams. */
const WITH_FIELDS: readonly string[] = ['signers', 'keys', 'ociUpstreams', 'pullUpstreams']
const MAX_PORT = 65_535
const DEFAULT_PORT = 7450
const DEFAULT_OPS_PORT = 7452

/**
 * The settings of this process: `sallyport.yaml`, then `SALLYPORT_*`.
 * @param readYaml the text of `sallyport.yaml` in the working folder, or undefined when there is none
 * @throws SallyportError `BAD_CONFIG` naming the setting
 */
export function readSettings(env: Source, readYaml: () => string | undefined): Settings {
  const yaml = readYaml()
  const document = yaml === undefined ? {} : parseYaml(yaml)
  const file = readFile(document)
  const text = (key: Key) => env[key.env] ?? file[key.yaml]
  const optional = (
    name:
      | 'policyFile'
      | 'tlsCertFile'
      | 'tlsKeyFile'
      | 'keyPassphraseFile'
      | 'postgresUrlFile'
      | 'hubTokenFile'
      | 'mlflowTokenFile'
      | 'kubeflowTokenFile',
  ) => {
    const value = text(KEYS[name])
    return value === undefined ? {} : { [name]: resolve(value) }
  }
  if ((text(KEYS.tlsCertFile) === undefined) !== (text(KEYS.tlsKeyFile) === undefined))
    throw new SallyportError('BAD_CONFIG', 'tlsCertFile and tlsKeyFile go together; one of them is not set')
  return Object.freeze({
    home: homeOf(env),
    host: text(KEYS.host) ?? '127.0.0.1',
    port: portOf(KEYS.port.env, text(KEYS.port), DEFAULT_PORT),
    opsPort: portOf(KEYS.opsPort.env, text(KEYS.opsPort), DEFAULT_OPS_PORT),
    allowedHosts: listOf(text(KEYS.allowedHosts)),
    importRoots: listOf(text(KEYS.importRoots)).map((root) => absolute(root)),
    origin: originOf(text(KEYS.origin) ?? 'sallyport.local/log'),
    witnesses: listOf(text(KEYS.witnesses)),
    ociUpstreams: readOciUpstreams(document.ociUpstreams),
    pullUpstreams: readPullUpstreams(document.pullUpstreams),
    signers: readSigners(document.signers),
    keyPlaces: readKeyPlaces(document.keys, env),
    ...optional('policyFile'),
    ...optional('tlsCertFile'),
    ...optional('tlsKeyFile'),
    ...optional('keyPassphraseFile'),
    ...optional('postgresUrlFile'),
    ...optional('hubTokenFile'),
    ...optional('mlflowTokenFile'),
    ...optional('kubeflowTokenFile'),
    ...hubOf(text),
    ...readNotices((name) => text(KEYS[name])),
    ...mlflowOf(text),
    ...readQuotas({ gib: text(KEYS.quotaGibPerDay), requests: text(KEYS.quotaRequestsPerMinute) }),
    ...(env.SALLYPORT_TOKEN === undefined ? {} : { token: env.SALLYPORT_TOKEN }),
  })
}

function mlflowOf(text: (key: Key) => string | undefined): MlflowSettings {
  const guarded = text(KEYS.mlflowGuarded)
  return readMlflow({
    upstream: text(KEYS.mlflowUpstream),
    guarded: guarded === undefined ? undefined : listOf(guarded),
    origins: listOf(text(KEYS.mlflowOrigins)),
    sagemakerRegion: text(KEYS.sagemakerRegion),
    kubeflowUrl: text(KEYS.kubeflowUrl),
  })
}

function hubOf(
  text: (key: Key) => string | undefined,
): Pick<Settings, 'hubUpstream' | 'hubMode' | 'hubAnonymous'> {
  const hubUpstream = text(KEYS.hubUpstream) ?? DEFAULT_HUB
  const url = URL.parse(hubUpstream)
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.username !== '')
    throw new SallyportError(
      'BAD_CONFIG',
      `hubUpstream is "${hubUpstream}"; it must be an address such as ${DEFAULT_HUB}`,
    )
  const written = text(KEYS.hubMode) ?? 'enforce'
  const hubMode = HUB_MODES.find((mode) => mode === written)
  if (hubMode === undefined)
    throw new SallyportError('BAD_CONFIG', `hubMode is "${written}"; known are ${HUB_MODES.join(', ')}`)
  const anonymous = text(KEYS.hubAnonymous)
  if (anonymous !== undefined && anonymous !== 'yes' && anonymous !== 'no')
    throw new SallyportError('BAD_CONFIG', `hubAnonymous is "${anonymous}"; write yes or no`)
  return { hubUpstream, hubMode, ...(anonymous === undefined ? {} : { hubAnonymous: anonymous === 'yes' }) }
}

function homeOf(env: Source): string {
  const given = env.SALLYPORT_HOME
  if (given === '')
    throw new SallyportError('BAD_CONFIG', 'SALLYPORT_HOME is empty; name a folder or unset it')
  if (given !== undefined) return resolve(given)
  const data = env.XDG_DATA_HOME
  // The XDG specification: a relative path here is invalid and must be ignored.
  return join(data !== undefined && isAbsolute(data) ? data : join(homedir(), '.local', 'share'), 'sallyport')
}

function readFile(document: Readonly<Record<string, unknown>>): Source {
  const known = Object.values(KEYS).map((key) => key.yaml as string)
  const result: Record<string, string> = {}
  for (const [key, value] of Object.entries(document)) {
    if (WITH_FIELDS.includes(key)) continue
    if (!known.includes(key))
      throw new SallyportError(
        'BAD_CONFIG',
        `sallyport.yaml: "${key}" is no setting; beside ${WITH_FIELDS.join(', ')}, known are ${known.join(', ')}`,
      )
    result[key] = textOf(key, value)
  }
  return result
}

function parseYaml(yaml: string): Readonly<Record<string, unknown>> {
  let document: unknown
  try {
    document = parse(yaml, { maxAliasCount: 0 })
  } catch (cause) {
    throw new SallyportError('BAD_CONFIG', `sallyport.yaml is not YAML: ${(cause as Error).message}`, {
      cause,
    })
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new SallyportError('BAD_CONFIG', 'sallyport.yaml must hold settings by name')
  return document as Readonly<Record<string, unknown>>
}

function textOf(key: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(',')
  throw new SallyportError(
    'BAD_CONFIG',
    `sallyport.yaml: "${key}" must be text, a number, or a list of texts`,
  )
}

function portOf(name: string, text: string | undefined, fallback: number): number {
  const port = text === undefined ? fallback : Number(text)
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT || text === '')
    throw new SallyportError('BAD_CONFIG', `${name}: "${text}" is not a port from 0 to ${MAX_PORT}`)
  return port
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]))
}

function absolute(root: string): string {
  if (!isAbsolute(root))
    throw new SallyportError('BAD_CONFIG', `the import root "${root}" must be an absolute path`)
  return root
}

function originOf(origin: string): string {
  if (/^[a-z0-9][a-z0-9./_-]{0,200}$/i.test(origin)) return origin
  throw new SallyportError(
    'BAD_CONFIG',
    `the log's origin "${origin}" must be a URL without scheme, such as example.com/log`,
  )
}
