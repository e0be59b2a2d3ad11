import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ApiError, askJson } from './client.ts'
import type {
  Decision,
  Explanation,
  InclusionProof,
  LedgerEntry,
  LedgerState,
  LineageGraph,
  Me,
  ModelDetail,
  ModelSummary,
  Page,
  RunDetail,
  RunSummary,
} from './contract.ts'

/** Milliseconds. Someone else may have approved meanwhile; the lists look again this often while they are seen. */
const REFRESH_MS = 15_000
/** The most that the API gives at once. */
const PAGE = 200

const API = '/api/v1'

export function pathOfModel(digest: string): string {
  return `${API}/models/${encodeURIComponent(digest)}`
}

/** Who is signed in; null when nobody is. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => {
    try {
      return await askJson<Me>(`${API}/me`, { signal })
    } catch (error) {
      if (error instanceof ApiError && error.problem.status === 401) return null
      throw error
    }
  },
  staleTime: 60_000,
})

/** All models, a page of the API at a time. */
export const modelsQuery = infiniteQueryOptions({
  queryKey: ['models'],
  queryFn: ({ pageParam, signal }) => {
    const cursor = pageParam === '' ? '' : `&cursor=${encodeURIComponent(pageParam)}`
    return askJson<Page<ModelSummary>>(`${API}/models?limit=${PAGE}${cursor}`, { signal })
  },
  initialPageParam: '',
  getNextPageParam: (page) => page.next,
  refetchInterval: REFRESH_MS,
})

export const modelQuery = (digest: string) =>
  queryOptions({
    queryKey: ['model', digest],
    queryFn: ({ signal }) => askJson<ModelDetail>(pathOfModel(digest), { signal }),
    refetchInterval: REFRESH_MS,
  })

export const explanationQuery = (id: string) =>
  queryOptions({
    queryKey: ['explanation', id],
    queryFn: ({ signal }) => askJson<Explanation>(`${API}/decisions/${encodeURIComponent(id)}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** What the gate before a model would say now; nothing is sealed. */
export const previewQuery = (model: Pick<ModelSummary, 'digest' | 'stage' | 'updatedAt'>) => {
  const stage = model.stage === 'staging' || model.stage === 'production' ? 'production' : 'staging'
  return queryOptions({
    queryKey: ['preview', model.digest, stage, model.updatedAt],
    queryFn: ({ signal }) =>
      askJson<Decision>(`${pathOfModel(model.digest)}/decide`, { method: 'POST', body: { stage }, signal }),
    staleTime: 60_000,
  })
}

export const lineageQuery = (digest: string) =>
  queryOptions({
    queryKey: ['lineage', digest],
    queryFn: ({ signal }) => askJson<LineageGraph>(`${pathOfModel(digest)}/lineage`, { signal }),
    refetchInterval: REFRESH_MS,
  })

export const runsQuery = queryOptions({
  queryKey: ['runs'],
  queryFn: ({ signal }) => askJson<Page<RunSummary>>(`${API}/runs?limit=${PAGE}`, { signal }),
  refetchInterval: REFRESH_MS,
})

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['run', id],
    queryFn: ({ signal }) => askJson<RunDetail>(`${API}/runs/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: REFRESH_MS,
  })

export const ledgerQuery = queryOptions({
  queryKey: ['ledger'],
  queryFn: ({ signal }) => askJson<LedgerState>(`${API}/ledger`, { signal }),
  refetchInterval: REFRESH_MS,
})

/** One window of the ledger, oldest first. */
export const entriesQuery = (from: number, limit: number) =>
  queryOptions({
    queryKey: ['entries', from, limit],
    queryFn: ({ signal }) =>
      askJson<Page<LedgerEntry>>(`${API}/ledger/entries?from=${from}&limit=${limit}`, { signal }),
  })

export const proofQuery = (index: number) =>
  queryOptions({
    queryKey: ['proof', index],
    queryFn: ({ signal }) => askJson<InclusionProof>(`${API}/ledger/entries/${index}/proof`, { signal }),
    // A proof is against one checkpoint; asking again gives the newest.
    staleTime: 0,
    gcTime: 0,
  })

/** The sealed bundle itself, as the ledger holds it. */
export function pathOfStatement(digest: string): string {
  return `${API}/statements/${encodeURIComponent(digest)}`
}
