import { openHub } from './home-hub.ts'
import { openMirror } from './home-mirror.ts'
import { openMlflow } from './home-mlflow.ts'
import { serveReviews } from './home-notices.ts'
import type { Parts } from './home-parts.ts'
import { openQuota } from './home-quota.ts'
import type { Settings } from './services/settings/index.ts'

/**
 * Opens every door through which models are asked for, and the queue in which that lands which none of them lets through.
 * @param at where the console stands, for links, and whether only this machine reaches it
 * @throws SallyportError `STORE_FAILED`, `BAD_CONFIG`
 */
export async function openDoors(
  settings: Settings,
  parts: Parts,
  at: {
    readonly url: () => string
    readonly isLoopback: boolean
    readonly report: (what: string, cause: unknown) => void
  },
) {
  const reviews = await serveReviews(settings, parts, at)
  const quota = openQuota(settings, () => new Date())
  const doorParts = {
    quota,
    ...{ ...parts, now: () => new Date(), report: at.report, noteRequest: reviews.http.review.noteRequest },
    // Not the log's size: an entry counts when it is folded, and a decision kept under a place passed too early would outlive a revocation.
    ledgerSize: () => parts.view.cursor(),
  }
  const hub = await openHub(settings, doorParts, at)
  const mirror = await openMirror(settings, doorParts, at)
  const mlflow = await openMlflow(settings, doorParts, at)
  return {
    http: {
      ...reviews.http,
      guests: [hub.face, ...mirror.guests, mlflow.face],
      hub: hub.firewall,
      hubGuard: { mode: settings.hubMode, upstream: new URL(settings.hubUpstream).host },
    },
    /** Goes on with what the last process left unfinished. */
    resume: () => {
      hub.firewall.resume()
      mirror.resume()
      mlflow.resume()
    },
    /** The queue last: until then somebody may be held back. */
    close: () =>
      Promise.all([hub.close(), mirror.close(), mlflow.close()]).finally(() => {
        quota.close()
        return reviews.close()
      }),
  }
}
