import { join } from 'node:path'
import { openUsageBook } from './adapters/usage-sqlite/index.ts'
import { createQuota, type Quota } from './services/quota/index.ts'
import type { Settings } from './services/settings/index.ts'

/** What each principal may take through all doors of a home together. @throws SallyportError `STORE_FAILED` */
export function openQuota(settings: Settings, now: () => Date): Quota & { close(): void } {
  const { quotaGibPerDay: gib, quotaRequestsPerMinute: requestsPerMinute } = settings
  const usage = openUsageBook(join(settings.home, 'usage.db'))
  const quota = createQuota(
    {
      ...(gib === undefined ? {} : { bytesPerDay: gib * 2 ** 30 }),
      ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    },
    { usage, now },
  )
  return { ...quota, close: () => usage.close() }
}
