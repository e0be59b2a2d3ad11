import { SallyportError } from '../../ground/lang/index.ts'
import type { MirrorPeer } from '../../services/model-names/index.ts'

/** Characters of a text in a custom property. */
const MAX_TEXT = 1000

/** The shape of `fetch`, which comes in as a dependency. */
type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * Model versions of a Kubeflow Model Registry: LIVE while they are allowed, ARCHIVED otherwise, with the decision beside it
 * (api/openapi/model-registry.yaml, `ModelVersionUpdate`).
 */
export function createKubeflowMirror(options: {
  readonly base: string
  readonly token?: string
  readonly fetch: Fetch
}): MirrorPeer {
  const base = options.base.replace(/\/+$/, '')
  return {
    kind: 'kubeflow',
    problemOf: (place) =>
      /^[A-Za-z0-9-]{1,64}$/.test(place) ? undefined : 'write the id of a model version',
    tell: async (place, { digest, decision }, signal) => {
      const { outcome, id, reasons, expiresAt } = decision
      const why = reasons.find((reason) => reason.outcome === outcome)?.message ?? outcome
      const url = `${base}/api/model_registry/v1alpha3/model_versions/${place}`
      const answer = await options
        .fetch(url, {
          method: 'PATCH',
          redirect: 'error',
          signal,
          headers: {
            'content-type': 'application/json',
            ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
          },
          body: JSON.stringify({
            state: outcome === 'allow' ? 'LIVE' : 'ARCHIVED',
            customProperties: {
              sallyport_digest: text(digest),
              sallyport_decision: text(outcome),
              sallyport_decision_id: text(id),
              sallyport_reason: text(why),
              sallyport_expires_at: text(expiresAt),
            },
          }),
        })
        .catch((cause: unknown) => {
          throw new SallyportError('PEER_FAILED', `Kubeflow (${place}): ${(cause as Error).message}`, {
            cause,
          })
        })
      await answer.body?.cancel()
      if (!answer.ok) throw new SallyportError('PEER_FAILED', `Kubeflow (${place}): HTTP ${answer.status}`)
    },
  }
}

function text(value: string) {
  return { metadataType: 'MetadataStringValue', string_value: value.slice(0, MAX_TEXT) }
}
