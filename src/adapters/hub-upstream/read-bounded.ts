import { SallyportError } from '../../ground/lang/index.ts'

/** An answer of a peer, as far as it is read here. */
export interface PeerAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly url: string
  readonly body: AsyncIterable<Uint8Array>
  discard(): void
}

/** The whole body as JSON. @throws SallyportError `PEER_FAILED` when it is longer than `maxBytes` or no JSON */
export async function readJson(answer: PeerAnswer, maxBytes: number): Promise<unknown> {
  const text = await readText(answer, maxBytes)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new SallyportError('PEER_FAILED', `${hostOf(answer)} answered with something that is no JSON`, {
      cause,
    })
  }
}

async function readText(answer: PeerAnswer, maxBytes: number): Promise<string> {
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
  return Buffer.concat(parts).toString('utf8')
}

/** The peer, for people. */
export function hostOf({ url }: Pick<PeerAnswer, 'url'>): string {
  return new URL(url).host
}
