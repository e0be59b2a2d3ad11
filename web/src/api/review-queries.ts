import { queryOptions } from '@tanstack/react-query'
import { askJson } from './client.ts'
import type {
  ConversionOffer,
  Differences,
  HubState,
  Me,
  ModelSummary,
  Page,
  PolicySentences,
  Receiver,
  ReviewCase,
  ReviewDetail,
} from './contract.ts'
import { pathOfModel } from './queries.ts'

/** Milliseconds. A queue is worked on by several people at once; whoever looks at it sees what the others did. */
const QUEUE_REFRESH_MS = 5000
/** Milliseconds. What lies beside a case moves slower. */
const REFRESH_MS = 15_000
/** The most that the API gives at once. */
const PAGE = 200
/** Pages. A thousand cases are more than a person reads; the page says that there are more. */
const MAX_PAGES = 5

const API = '/api/v1'

export function pathOfCase(digest: string): string {
  return `${API}/review/${encodeURIComponent(digest)}`
}

export interface Queue {
  readonly cases: readonly ReviewCase[]
  /** True when there are older ones than were read. */
  readonly more: boolean
}

/** The whole queue, as far as a person reads: counts and filters over a part of it would mislead. */
export const queueQuery = queryOptions({
  queryKey: ['queue'],
  queryFn: ({ signal }) => readQueue(signal),
  refetchInterval: QUEUE_REFRESH_MS,
})

async function readQueue(signal: AbortSignal): Promise<Queue> {
  const cases: ReviewCase[] = []
  let cursor: string | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const answer = await askJson<Page<ReviewCase>>(`${API}/review?limit=${PAGE}${from}`, { signal })
    cases.push(...answer.items)
    cursor = answer.next
    if (cursor === undefined) break
  }
  return { cases, more: cursor !== undefined }
}

/** Models that were assessed and that no gate has let through, be there a case of theirs or not. */
export const assessedQuery = queryOptions({
  queryKey: ['models', 'assessed'],
  queryFn: ({ signal }) =>
    askJson<Page<ModelSummary>>(`${API}/models?stage=assessed&limit=${PAGE}`, { signal }),
  refetchInterval: REFRESH_MS,
})

export const caseQuery = (digest: string) =>
  queryOptions({
    queryKey: ['case', digest],
    queryFn: ({ signal }) => askJson<ReviewDetail>(pathOfCase(digest), { signal }),
    refetchInterval: QUEUE_REFRESH_MS,
  })

/** Two digests never differ otherwise than they did before. */
export const differencesQuery = (digest: string, from: string) =>
  queryOptions({
    queryKey: ['differences', from, digest],
    queryFn: ({ signal }) =>
      askJson<Differences>(`${pathOfModel(digest)}/differences?from=${encodeURIComponent(from)}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const hubQuery = queryOptions({
  queryKey: ['hub'],
  queryFn: ({ signal }) => askJson<HubState>(`${API}/hub/revisions`, { signal }),
  refetchInterval: QUEUE_REFRESH_MS,
})

export const receiversQuery = (digest: string) =>
  queryOptions({
    queryKey: ['receivers', digest],
    queryFn: ({ signal }) =>
      askJson<{ readonly items: readonly Receiver[] }>(`${pathOfModel(digest)}/receivers`, { signal }),
    refetchInterval: REFRESH_MS,
  })

export const sentencesQuery = queryOptions({
  queryKey: ['sentences'],
  queryFn: ({ signal }) => askJson<PolicySentences>(`${API}/policy/sentences`, { signal }),
  staleTime: 60_000,
})

/** Names of principals, for those who may read them; statements and cases hold ids only. */
export const principalsQuery = (me: Me) =>
  queryOptions({
    queryKey: ['principals', me.principal.id],
    queryFn: ({ signal }) =>
      askJson<Page<Me['principal']>>(`${API}/principals?limit=${PAGE}`, { signal }).then(
        ({ items }) => items,
      ),
    enabled: me.capabilities.includes('principals'),
    staleTime: 60_000,
  })

/** Whether pickled weights can be had as safetensors. */
export const conversionQuery = (digest: string) =>
  queryOptions({
    queryKey: ['conversion', digest],
    queryFn: ({ signal }) => askJson<ConversionOffer>(`${pathOfModel(digest)}/conversions`, { signal }),
    staleTime: 60_000,
  })
