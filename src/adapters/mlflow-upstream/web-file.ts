import { SallyportError } from '../../ground/lang/index.ts'
import type { BroughtFile } from '../../services/model-names/index.ts'

/** Bytes of one file. Twice the largest single file published; the disk sets the real limit. */
const MAX_FILE_BYTES = 512 * 2 ** 30
/** Milliseconds between two bytes are bounded by the connection; this bounds a file that drips for ever. */
const FILE_MS = 6 * 3_600_000

/** An answer of the world outside, bounded by whoever reads it. */
export interface OutsideAnswer {
  readonly status: number
  readonly url: string
  readonly body: AsyncIterable<Uint8Array>
  discard(): void
}

/** What fetching needs. */
export interface WebFileDeps {
  /** Refuses addresses of our own network, those of redirects too. */
  readonly http: {
    ask(request: { readonly url: string; readonly signal: AbortSignal }): Promise<OutsideAnswer>
  }
  readonly store: { putStream(chunks: AsyncIterable<Uint8Array>): Promise<{ sha256: string; size: number }> }
  /** Origins that the settings name; sources elsewhere are not asked at all. */
  readonly origins: readonly string[]
}

/** Brings one file from an address that the settings allow. */
export function webFiles(deps: WebFileDeps): (url: string, signal: AbortSignal) => Promise<BroughtFile> {
  return async (text, signal) => {
    const url = new URL(text)
    if (!deps.origins.includes(url.origin))
      throw new SallyportError(
        'FORBIDDEN',
        `sources at ${url.origin.slice(0, 120)} are refused; log the model to this registry, or name that origin in mlflowOrigins`,
      )
    const answer = await deps.http.ask({
      url: url.href,
      signal: AbortSignal.any([signal, AbortSignal.timeout(FILE_MS)]),
    })
    if (answer.status !== 200) {
      answer.discard()
      throw new SallyportError('PEER_FAILED', `${url.host} answers ${answer.status}`)
    }
    const name = url.pathname.split('/').at(-1) || 'model'
    const { sha256, size } = await deps.store.putStream(bounded(answer.body))
    return { name: decoded(name), size, sha256 }
  }
}

async function* bounded(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > MAX_FILE_BYTES)
      throw new SallyportError('TOO_LARGE', `the file is larger than ${MAX_FILE_BYTES} bytes`)
    yield chunk
  }
}

/** What cannot be unescaped stays as it is, and a slash in it is refused as a name later. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
