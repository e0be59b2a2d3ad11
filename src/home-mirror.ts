import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { BlobFolder } from './adapters/blobs-files/index.ts'
import { openFirewallBook } from './adapters/firewall-sqlite/index.ts'
import { createGuardedHttp } from './adapters/guarded-http/index.ts'
import { unpackInWorker } from './adapters/intake-files/index.ts'
import { createOciUpstream } from './adapters/oci-upstream/index.ts'
import { openPartialFolder } from './adapters/quarantine-files/index.ts'
import { createS3Source, type S3Credentials } from './adapters/s3-upstream/index.ts'
import { createWebSource } from './adapters/web-upstream/index.ts'
import { bytesWanted, sendFile } from './faces/hub/index.ts'
import { createOciFace } from './faces/oci/index.ts'
import { createPullFace } from './faces/pull/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import { callerOf } from './home-callers.ts'
import { createFirewall, type Firewall, type HubUpstream } from './services/firewall/index.ts'
import type { Identity, LocalPeople } from './services/identity/index.ts'
import {
  isManifestHash,
  joinUpstreams,
  layOutModel,
  MAX_MANIFEST_BYTES,
  readManifest,
  stampedUpstream,
} from './services/mirror/index.ts'
import type { Quota } from './services/quota/index.ts'
import type { Actor, OpenRegistry } from './services/registry/index.ts'
import type { GateRequest } from './services/review/index.ts'
import type { OciUpstreamSetting, PullUpstreamSetting, Settings } from './services/settings/index.ts'
import type { Predicates } from './trust/evidence/index.ts'

/** Bytes of one version, as for the hub: the disk sets the real limit. */
const MAX_VERSION_BYTES = 4 * 2 ** 40
/** Milliseconds for the next piece of a layer: a slow disk gives one in a second. */
const UNPACK_TIMEOUT_MS = 30_000
/** Bytes of a file of credentials. */
const MAX_CREDENTIALS_BYTES = 64 * 1024
const HINT = {
  oci: 'this registry wants a Sallyport token (spt_...) as password: skopeo login, oras login, docker login with any user name',
  pull: 'a Sallyport token is wanted: "Authorization: Bearer spt_...", or as AWS_SESSION_TOKEN of a client of S3',
} as const

type Door = Predicates['pull-source']['door']

/** What the doors before registries, web servers and buckets need of an open home. */
export interface MirrorParts {
  readonly registry: OpenRegistry
  readonly blobs: BlobFolder
  readonly identity: Identity
  readonly people: LocalPeople
  readonly ledgerSize: () => number
  readonly now: () => Date
  /** Hears of what was held back. */
  readonly noteRequest?: (request: GateRequest) => void
  /** What one principal may take; absent: all they want. */
  readonly quota?: Quota
  /** What was met while nobody waited, or what a client may not be told. */
  readonly report: (what: string, cause: unknown) => void
}

/** The doors of a home before registries, web servers and buckets. */
export interface OpenMirror {
  readonly guests: readonly [ReturnType<typeof createOciFace>, ReturnType<typeof createPullFace>]
  readonly firewalls: readonly Firewall[]
  /** Goes on with what the last process left unfinished. */
  resume(): void
  close(): Promise<void>
}

interface Place {
  readonly url: () => string
  readonly isLoopback: boolean
}

/**
 * Opens the doors before registries (`/v2/`), web servers and buckets (`/pull/`) that the settings name. Nothing is asked of them
 * before a client asks.
 * @throws SallyportError `STORE_FAILED`, `BAD_CONFIG`
 */
export async function openMirror(settings: Settings, parts: MirrorParts, at: Place): Promise<OpenMirror> {
  const oci = await openOci(settings, parts, at)
  const pull = await openPull(settings, parts, at)
  return {
    guests: [oci.face, pull.face],
    firewalls: [oci.firewall, pull.firewall],
    resume: () => {
      oci.firewall.resume()
      pull.firewall.resume()
    },
    close: async () => {
      await Promise.all([oci.close(), pull.close()])
    },
  }
}

async function openOci(settings: Settings, parts: MirrorParts, at: Place) {
  const { registry, blobs, now } = parts
  const http = createGuardedHttp({ trusted: settings.ociUpstreams.map(({ url }) => url) })
  const sources = new Map<string, HubUpstream>()
  for (const setting of settings.ociUpstreams)
    sources.set(
      setting.name,
      createOciUpstream({ endpoint: setting.url, http, now, ...(await ociCredentials(setting)) }),
    )
  const room = await openRoom(settings, parts, { at, name: 'oci', sources, doorOf: () => 'oci' })
  const unpackWorker = new URL('./unpack-worker.ts', import.meta.url)
  const unpack = { workerUrl: unpackWorker, timeoutMs: UNPACK_TIMEOUT_MS }
  const firewall = room.open({
    isPinned: isManifestHash,
    importStored: async (request, actor) => {
      const [manifest] = request.entries
      if (manifest === undefined) throw new SallyportError('STORE_FAILED', 'a manifest has not arrived')
      const entries = await layOutModel(
        { blobs, unpack: (path, packing) => unpackInWorker(unpack, path, `tar+${packing}`) },
        manifest,
      )
      return registry.importStored({ ...request, entries }, actor)
    },
  })
  const face = createOciFace({
    ...{ firewall, sendFile, bytesWanted, actorOf: room.actorOf },
    ...(parts.quota === undefined ? {} : { quota: parts.quota }),
    holdersOf: room.holdersOf,
    mediaTypeOf: async (sha256) => readManifest(await blobs.readAll(sha256, MAX_MANIFEST_BYTES)).mediaType,
    report: ({ url, cause }) => parts.report(`the registry could not answer ${url.slice(0, 200)}`, cause),
  })
  return { firewall, face, close: () => room.close(firewall, http) }
}

async function openPull(settings: Settings, parts: MirrorParts, at: Place) {
  const http = createGuardedHttp({
    trusted: settings.pullUpstreams.map((source) => (source.kind === 's3' ? source.endpoint : source.url)),
  })
  const sources = new Map<string, HubUpstream>()
  const faces = new Map<string, { depth: number; list?: ReturnType<typeof createS3Source>['list'] }>()
  for (const setting of settings.pullUpstreams) {
    if (setting.kind === 'web') {
      sources.set(setting.name, stampedUpstream(createWebSource({ base: setting.url, http })))
      faces.set(setting.name, { depth: 0 })
      continue
    }
    const source = createS3Source({ ...setting, http, ...(await s3Credentials(setting)) })
    sources.set(setting.name, stampedUpstream(source))
    faces.set(setting.name, { depth: setting.folderDepth, list: source.list })
  }
  const buckets = new Set(settings.pullUpstreams.flatMap(({ kind, name }) => (kind === 's3' ? name : [])))
  const doorOf = (name: string) => (buckets.has(name) ? 's3' : 'https')
  const room = await openRoom(settings, parts, { at, name: 'pull', sources, doorOf })
  const firewall = room.open({ isPinned: () => false, importStored: parts.registry.importStored })
  const face = createPullFace({
    ...{ firewall, sendFile, bytesWanted, sources: faces, actorOf: room.actorOf },
    ...(parts.quota === undefined ? {} : { quota: parts.quota }),
    report: ({ url, cause }) => parts.report(`"${url.slice(0, 200)}" could not be answered`, cause),
  })
  return { firewall, face, close: () => room.close(firewall, http) }
}

interface Sources {
  readonly at: Place
  readonly name: 'oci' | 'pull'
  readonly sources: ReadonlyMap<string, HubUpstream>
  readonly doorOf: (source: string) => Door
}

/** What both doors have: a firewall with a book and a quarantine of its own. */
async function openRoom(settings: Settings, parts: MirrorParts, { at, name, sources, doorOf }: Sources) {
  const { registry, blobs, now } = parts
  const partial = await openPartialFolder({ folder: join(settings.home, 'quarantine', name), blobs })
  const book = openFirewallBook(join(settings.home, `${name}.db`))
  const anonymous = settings.hubAnonymous ?? at.isLoopback
  const attestSource = async (
    digest: Parameters<OpenRegistry['desk']['subject']>[0],
    { hub: _joined, repoKind: _model, repo, commit, gated: _never, ...said }: Predicates['hub-source'],
  ) => {
    const [source = '', ...rest] = repo.split('/')
    const { etag, versionId } = book.revision({ kind: 'model', id: repo }, commit)?.facts ?? {}
    const predicate = {
      ...{
        ...said,
        door: doorOf(source),
        origin: sources.get(source)?.label ?? source,
        name: rest.join('/'),
      },
      ...{ version: commit, ...(etag === undefined ? {} : { etag }) },
      ...(versionId === undefined ? {} : { versionId }),
    }
    await registry.desk.attest({
      name: 'pull-source',
      subjects: [await registry.desk.subject(digest)],
      predicate,
    })
  }
  const open = (own: {
    readonly isPinned: (revision: string) => boolean
    readonly importStored: OpenRegistry['importStored']
  }): Firewall =>
    createFirewall({
      ...{ upstream: joinUpstreams(name, sources), partial, book, blobs, mode: settings.hubMode, now },
      ...{ maxBytes: MAX_VERSION_BYTES, isPinned: own.isPinned },
      registry: {
        ...{ assess: registry.assess, decide: registry.decide, promote: registry.promote, get: registry.get },
        ...{ importStored: own.importStored, attestSource, ledgerSize: parts.ledgerSize },
      },
      sleep: (ms, signal) => pause(ms, undefined, { signal }).catch(() => undefined), // Woken early is as good as slept.
      reviewUrl: (digest) => `${at.url()}/review/${encodeURIComponent(digest)}`,
      heldBack: ({ actor: { principalId, owner }, ...one }) => {
        const [source = ''] = one.source.slice(name.length + 1).split('/')
        parts.noteRequest?.({ ...one, principalId, owner, door: doorOf(source), stage: 'development' })
      },
      report: (bug) => parts.report(`the firewall before ${name} met an error of its own`, bug),
    })
  return {
    open,
    holdersOf: (id: string, sha256: string, limit: number) =>
      book.holders({ kind: 'model', id }, `blobs/sha256/${sha256}`, limit),
    actorOf: (secret: string | undefined, from: string, request: unknown) =>
      actorOf(parts, { secret, from, request, anonymous, hint: HINT[name] }),
    close: async (firewall: Firewall, http: { close(): void }) => {
      await firewall.close()
      book.close()
      http.close()
    },
  }
}

async function actorOf(parts: MirrorParts, knock: Parameters<typeof callerOf>[1]): Promise<Actor> {
  const { actor, capabilities } = await callerOf(parts, knock)
  if (capabilities.includes('import')) return actor
  throw new SallyportError(
    'FORBIDDEN',
    'your role may not bring models in; ask an administrator for "contributor"',
  )
}

async function secretIn(file: string, of: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SallyportError('BAD_CONFIG', `${of}: cannot read ${file}`, { cause })
  })
  if (text.length > MAX_CREDENTIALS_BYTES)
    throw new SallyportError('BAD_CONFIG', `${of}: ${file} is too large`)
  return text
}

async function ociCredentials({ name, credentialsFile }: OciUpstreamSetting) {
  if (credentialsFile === undefined) return {}
  const text = (await secretIn(credentialsFile, `ociUpstreams: "${name}"`)).trim()
  const [, username, password] = /^([^:\s]+):(\S+)$/.exec(text) ?? []
  if (username === undefined || password === undefined)
    throw new SallyportError(
      'BAD_CONFIG',
      `ociUpstreams: "${name}": ${credentialsFile} must hold user:password`,
    )
  return { credentials: { username, password } }
}

async function s3Credentials({
  name,
  credentialsFile,
}: PullUpstreamSetting & { readonly kind: 's3' }): Promise<{ readonly credentials?: S3Credentials }> {
  if (credentialsFile === undefined) return {}
  const text = await secretIn(credentialsFile, `pullUpstreams: "${name}"`)
  const field = (key: string) => new RegExp(`^\\s*${key}\\s*=\\s*(\\S+)\\s*$`, 'm').exec(text)?.[1]
  const accessKeyId = field('aws_access_key_id')
  const secretAccessKey = field('aws_secret_access_key')
  const sessionToken = field('aws_session_token')
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new SallyportError(
      'BAD_CONFIG',
      `pullUpstreams: "${name}": ${credentialsFile} must hold aws_access_key_id and aws_secret_access_key`,
    )
  return {
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  }
}
