import { SallyportError } from '../../ground/lang/index.ts'
import {
  changed,
  hostOf,
  LATEST,
  type Outbound,
  type PeerAnswer,
  problemOf,
  type StampedFile,
  type StampedSource,
  startOf,
} from '../../services/mirror/index.ts'

/** Bytes. Larger than any published file. */
const MAX_FILE_BYTES = 2 ** 43
/** Statuses of servers that know GET and no HEAD. */
const NO_HEAD = [400, 403, 405, 501]

/** A web server beneath one address; each of its files is a model. */
export function createWebSource(options: {
  /** `https://download.example.org/models`. */
  readonly base: string
  readonly http: Outbound
}): StampedSource {
  const base = options.base.replace(/\/+$/, '')
  const label = new URL(base).host
  const urlOf = (id: string) => `${base}/${id.split('/').map(encodeURIComponent).join('/')}`
  const ask = (
    id: string,
    method: 'GET' | 'HEAD',
    signal: AbortSignal,
    headers: Readonly<Record<string, string>> = {},
  ) =>
    options.http.ask({
      ...{ method, url: urlOf(id), signal },
      headers: { 'accept-encoding': 'identity', 'user-agent': 'sallyport', ...headers },
    })
  return {
    label,
    look: async (id, revision, signal) => {
      if (revision !== LATEST) throw new SallyportError('NOT_FOUND', `${label} keeps no versions`)
      let answer = await ask(id, 'HEAD', signal)
      answer.discard()
      if (NO_HEAD.includes(answer.status)) {
        answer = await ask(id, 'GET', signal)
        answer.discard()
      }
      if (answer.status !== 200) throw problemOf(answer)
      return [stampOf(answer, id.split('/').at(-1) ?? id)]
    },
    open: async (id, file, from, signal) => {
      const isStrong = file.etag !== undefined && !file.etag.startsWith('W/')
      const headers =
        from > 0 && isStrong ? { range: `bytes=${from}-`, 'if-range': file.etag ?? '' } : undefined
      const answer = await ask(id, 'GET', signal, headers)
      if (answer.status !== 200 && answer.status !== 206) {
        answer.discard()
        throw problemOf(answer)
      }
      if (!isSame(answer, file)) {
        answer.discard()
        throw changed(label, id)
      }
      return { from: startOf(answer, headers === undefined ? 0 : from), chunks: answer.body }
    },
  }
}

function stampOf(answer: PeerAnswer, path: string): StampedFile {
  const { headers } = answer
  const host = hostOf(answer)
  const size = Number(headers['content-length'] ?? Number.NaN)
  if (!Number.isSafeInteger(size) || size < 0 || size > MAX_FILE_BYTES)
    throw new SallyportError('FORBIDDEN', `${host} does not say how large it is, so it cannot be checked`)
  if (!/^(identity)?$/i.test(headers['content-encoding'] ?? ''))
    throw new SallyportError('FORBIDDEN', `${host} sends it in an encoding that was not asked for`)
  return { path, size, ...validatorsOf(headers) }
}

function validatorsOf(headers: Readonly<Record<string, string>>): Pick<StampedFile, 'etag' | 'lastModified'> {
  const { etag } = headers
  const ms = Date.parse(headers['last-modified'] ?? '')
  return {
    ...(etag === undefined || !/^(W\/)?"[\x21\x23-\x7e]{0,500}"$/.test(etag) ? {} : { etag }),
    ...(Number.isFinite(ms) ? { lastModified: new Date(ms).toISOString() } : {}),
  }
}

/** Whether the bytes that come are still those that were looked at. */
function isSame({ headers, status }: PeerAnswer, file: StampedFile): boolean {
  const now = validatorsOf(headers)
  const total = /^bytes \d+-\d+\/(\d{1,15})$/.exec(headers['content-range'] ?? '')?.[1]
  const size = status === 206 ? total : headers['content-length']
  return now.etag === file.etag && now.lastModified === file.lastModified && Number(size) === file.size
}
