import { randomBytes } from 'node:crypto'
import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobFolder } from './adapters/blobs-files/index.ts'
import { createGuardedHttp } from './adapters/guarded-http/index.ts'
import { createKubeflowMirror } from './adapters/kubeflow/index.ts'
import { createMlflowUpstream, webFiles } from './adapters/mlflow-upstream/index.ts'
import { openNameBook } from './adapters/names-sqlite/index.ts'
import { createSagemakerMirror } from './adapters/sagemaker/index.ts'
import { findCredentials } from './adapters/signer-aws-kms/index.ts'
import { createMlflowFace, type MlflowFace } from './faces/mlflow/index.ts'
import { SallyportError, uuidV7 } from './ground/lang/index.ts'
import { callerOf } from './home-callers.ts'
import type { Identity, LocalPeople } from './services/identity/index.ts'
import {
  createModelNames,
  DEFAULT_GUARDED,
  type MirrorPeer,
  type NoteRequest,
  ownSources,
  parseGuarded,
} from './services/model-names/index.ts'
import type { Quota } from './services/quota/index.ts'
import type { OpenRegistry } from './services/registry/index.ts'
import type { Settings } from './services/settings/index.ts'

/** What the MLflow door needs of an open home. */
export interface MlflowParts {
  readonly registry: OpenRegistry
  readonly blobs: BlobFolder
  readonly identity: Identity
  readonly people: LocalPeople
  readonly ledgerSize: () => number
  readonly now: () => Date
  readonly noteRequest?: NoteRequest
  /** What one principal may take; absent: all they want. */
  readonly quota?: Quota
  /** What was met while nobody waited, or what a client may not be told. */
  readonly report: (what: string, cause: unknown) => void
}

/** The registry that MLflow's clients speak to. */
export interface OpenMlflow {
  readonly face: MlflowFace
  /** Goes on with what the last process left unfinished. */
  resume(): void
  close(): Promise<void>
}

/**
 * Opens the MLflow door of a home.
 * @param at where the console stands, for links, and whether only this machine reaches it
 * @throws SallyportError `STORE_FAILED`, `BAD_CONFIG`
 */
export async function openMlflow(
  settings: Settings,
  parts: MlflowParts,
  at: { readonly url: () => string; readonly isLoopback: boolean },
): Promise<OpenMlflow> {
  const guarded = parseGuarded(settings.mlflowGuarded ?? DEFAULT_GUARDED)
  if (!guarded.ok) throw new SallyportError('BAD_CONFIG', `mlflowGuarded: ${guarded.error}`)
  const http = createGuardedHttp({ trusted: [] })
  const book = openNameBook(join(settings.home, 'mlflow.db'))
  const { registry, blobs, now } = parts
  const newId = () => uuidV7(new Date(), randomBytes(10))
  const web = webFiles({ http, store: blobs, origins: settings.mlflowOrigins })
  const upstream = await upstreamOf(settings, blobs)
  const own = ownSources({ book, now, newId, web })
  const house = createModelNames({
    ...{ book, blobs, store: blobs, guarded: guarded.value, now, newId, realPath: realpath },
    sources: upstream === undefined ? own : { ...own, ...upstream.sources },
    ...(upstream === undefined ? {} : { peer: upstream }),
    roots: await Promise.all(settings.importRoots.map((folder) => realpath(folder))),
    registry: {
      ...{ assess: registry.assess, decide: registry.decide, promote: registry.promote, get: registry.get },
      ...{ importModel: registry.importModel, importStored: registry.importStored },
      ledgerSize: parts.ledgerSize,
    },
    reviewUrl: (digest) => `${at.url()}/review/${encodeURIComponent(digest)}`,
    mirrors: await mirrorsOf(settings, now),
    ...(parts.noteRequest === undefined ? {} : { noteRequest: parts.noteRequest }),
    post: async (url, headers, body, signal) => {
      const answer = await http.ask({ method: 'POST', url, headers, body: Buffer.from(body), signal })
      answer.discard()
      return answer.status
    },
    report: (bug) => parts.report('the MLflow registry met an error of its own', bug),
  })
  const anonymous = settings.hubAnonymous ?? at.isLoopback
  const hint =
    'this registry wants a Sallyport token: set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, to one (spt_...)'
  const face = createMlflowFace({
    house,
    ...(upstream === undefined ? {} : { forward: upstream.forward }),
    ...(parts.quota === undefined ? {} : { quota: parts.quota }),
    callerOf: (secret, from, request) => callerOf(parts, { secret, from, request, anonymous, hint }),
    report: ({ url, cause }) => parts.report(`MLflow: could not answer ${url.slice(0, 200)}`, cause),
  })
  return {
    face,
    resume: () => house.resume(),
    close: async () => {
      await house.close()
      book.close()
      http.close()
    },
  }
}

async function upstreamOf(settings: Settings, store: BlobFolder) {
  const { mlflowUpstream: base, mlflowTokenFile: file } = settings
  if (base === undefined) return undefined
  const secret = file === undefined ? undefined : (await readFile(file, 'utf8')).trim()
  return createMlflowUpstream({ base, store, ...(secret === undefined ? {} : { secret }) })
}

/** Registries elsewhere that are told what is decided here; the credentials of AWS are looked for with each call, for they end. */
async function mirrorsOf(settings: Settings, now: () => Date): Promise<readonly MirrorPeer[]> {
  const { sagemakerRegion: region, kubeflowUrl: base, kubeflowTokenFile: file } = settings
  const { env } = process
  const mirrors: MirrorPeer[] = []
  if (region !== undefined) {
    const endpoint = env.AWS_ENDPOINT_URL_SAGEMAKER ?? env.AWS_ENDPOINT_URL
    const credentials = () => findCredentials({ env, fetch, now }, region)
    mirrors.push(
      createSagemakerMirror({
        ...{ region, credentials, fetch, now },
        ...(endpoint === undefined ? {} : { endpoint }),
      }),
    )
  }
  if (base !== undefined) {
    const token = file === undefined ? undefined : (await readFile(file, 'utf8')).trim()
    mirrors.push(createKubeflowMirror({ base, fetch, ...(token === undefined ? {} : { token }) }))
  }
  return mirrors
}
