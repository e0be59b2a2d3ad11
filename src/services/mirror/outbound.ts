import { SallyportError } from '../../ground/lang/index.ts'

/** An answer of a peer, as far as it is read here. */
export interface PeerAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Where it came from, after redirects. */
  readonly url: string
  readonly body: AsyncIterable<Uint8Array>
  discard(): void
}

/** Asks the world outside; who stands behind it sees to it that no answer leads into our own network. */
export interface Outbound {
  ask(request: {
    readonly method?: 'GET' | 'HEAD'
    readonly url: string
    readonly headers?: Readonly<Record<string, string>>
    /** For the host of `url` alone. */
    readonly secretHeaders?: Readonly<Record<string, string>>
    readonly signal: AbortSignal
  }): Promise<PeerAnswer>
}

/** The whole body. @throws SallyportError `PEER_FAILED` when it is longer than `maxBytes` */
export async function readBounded(answer: PeerAnswer, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body) {
    size += chunk.length
    if (size > maxBytes) {
      answer.discard()
      throw new SallyportError('PEER_FAILED', `${hostOf(answer)} answered with more than ${maxBytes} bytes`)
    }
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

/** The peer, for people. */
export function hostOf({ url }: Pick<PeerAnswer, 'url'>): string {
  return new URL(url).host
}

/** What a peer's refusal means here. @param words of the peer itself, so hostile */
export function problemOf(answer: PeerAnswer, words = ''): SallyportError {
  const host = hostOf(answer)
  const plain = words.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 200)
  const said = plain === '' ? '' : `: ${plain}`
  if (answer.status === 404) return new SallyportError('NOT_FOUND', `${host} has nothing of that name${said}`)
  if (answer.status === 401 || answer.status === 403)
    return new SallyportError('FORBIDDEN', `${host} does not give it to this server${said}`)
  return new SallyportError('PEER_FAILED', `${host} answered with status ${answer.status}${said}`)
}

/** Where bytes of an answer begin: `Content-Range` of a 206, else 0. @throws SallyportError `PEER_FAILED` for another range */
export function startOf(answer: PeerAnswer, from: number): number {
  if (answer.status === 200) return 0
  const start = Number(/^bytes (\d{1,15})-/.exec(answer.headers['content-range'] ?? '')?.[1] ?? Number.NaN)
  if (start === from) return from
  answer.discard()
  throw new SallyportError('PEER_FAILED', `${hostOf(answer)} answered with another range than was asked for`)
}
