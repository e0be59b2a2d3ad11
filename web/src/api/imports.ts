import { queryOptions } from '@tanstack/react-query'
import { ApiError, askJson, headersOf, problemOf } from './client.ts'
import type { ImportTerms, Me, ModelDetail } from './contract.ts'
import { pathOfModel } from './queries.ts'

const PATH = '/api/v1/models'

/** How much an upload may hold, and from which folders of the server one may import. */
export const importTermsQuery = (me: Me) =>
  queryOptions({
    queryKey: ['import-terms', me.principal.id],
    queryFn: ({ signal }) => askJson<ImportTerms>('/api/v1/import-terms', { signal }),
    enabled: me.capabilities.includes('import'),
    staleTime: 60_000,
  })

export interface Upload {
  readonly body: Blob
  /** Decides how the platform opens it: `.tar`, `.zip` and `.tar.gz` are unpacked. */
  readonly filename: string
  /** Of the model. */
  readonly name: string
}

/**
 * Sends a model's bytes. An XMLHttpRequest, since `fetch` tells nothing of what has been sent.
 * @param onSent bytes that have left, again and again, and at last all of them
 * @throws ApiError for anything but a 2xx; a DOMException named AbortError when it was cancelled
 */
export function sendModel(
  { body, filename, name }: Upload,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<ModelDetail> {
  const path = `${PATH}?${new URLSearchParams({ filename, name })}`
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', path)
    request.responseType = 'text'
    const headers = { ...headersOf('POST'), 'content-type': 'application/octet-stream' }
    for (const [header, value] of Object.entries(headers)) request.setRequestHeader(header, value)
    request.upload.onprogress = (event) => onSent(Math.min(event.loaded, body.size))
    request.upload.onload = () => onSent(body.size)
    request.onload = () => resolve(answerOf(request, path))
    request.onerror = () => reject(new ApiError(lost(path)))
    request.onabort = () => reject(new DOMException('cancelled', 'AbortError'))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(body)
  })
}

async function answerOf(request: XMLHttpRequest, path: string): Promise<ModelDetail> {
  const type = request.getResponseHeader('content-type') ?? ''
  const answer = new Response(request.responseText, {
    status: request.status,
    headers: { 'content-type': type },
  })
  if (!answer.ok) throw new ApiError(await problemOf(answer, path))
  return (await answer.json()) as ModelDetail
}

function lost(path: string) {
  return {
    type: 'about:blank',
    title: 'The connection was lost',
    status: 503,
    detail: 'The platform gave no answer.',
    instance: path,
    code: 'UNREACHABLE',
  }
}

/** Has a path of the server taken in, however long that takes. */
export function importPath(path: string, name: string): Promise<ModelDetail> {
  const body = { path, ...(name === '' ? {} : { name }) }
  return askJson<ModelDetail>(PATH, { method: 'POST', body, patient: true })
}

/** Has a model assessed, however long that takes. */
export function assessModel(digest: string): Promise<ModelDetail> {
  return askJson<ModelDetail>(`${pathOfModel(digest)}/assess`, {
    method: 'POST',
    body: {},
    patient: true,
  })
}
