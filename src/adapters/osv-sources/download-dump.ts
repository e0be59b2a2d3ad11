import { randomBytes } from 'node:crypto'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'

/** Bytes of an archive. All ecosystems together have about 1 GB. */
const MAX_DOWNLOAD_BYTES = 8 * 1024 * 1024 * 1024
/** Milliseconds: an hour for a slow line. */
const TIMEOUT_MS = 3_600_000
/** Addresses that may point to another; each is checked like the first. */
const MAX_REDIRECTS = 5

/** Only an address that nobody on the way can change: https, or this machine. */
function checkAddress(address: string): URL {
  const url = URL.parse(address)
  if (url === null) throw new SallyportError('BAD_INPUT', `"${address.slice(0, 200)}" is no address`)
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal))
    throw new SallyportError(
      'BAD_INPUT',
      `${url.origin} is refused: dumps come over https, or from this machine`,
    )
  if (url.username !== '' || url.password !== '')
    throw new SallyportError(
      'BAD_INPUT',
      'an address with a password in it is refused: it would stand in logs',
    )
  return url
}

/** Fetches a dump into a file of its own. @throws SallyportError `BAD_INPUT`, `PEER_FAILED`, `TOO_LARGE` */
export async function downloadDump(
  { fetch, folder }: { readonly fetch: typeof globalThis.fetch; readonly folder: string },
  address: string,
): Promise<{ readonly file: string; readonly remove: () => Promise<void> }> {
  const response = await follow(fetch, checkAddress(address))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, `download-${randomBytes(6).toString('hex')}`)
  const remove = () => rm(file, { force: true })
  const target = await open(file, 'wx', 0o600)
  try {
    let size = 0
    for await (const chunk of response.body ?? []) {
      size += chunk.length
      if (size > MAX_DOWNLOAD_BYTES)
        throw new SallyportError('TOO_LARGE', `${address} is longer than ${MAX_DOWNLOAD_BYTES} bytes`)
      await target.write(chunk)
    }
    return { file, remove }
  } catch (cause) {
    await remove()
    if (cause instanceof SallyportError) throw cause
    throw new SallyportError('PEER_FAILED', `${address} broke off: ${(cause as Error).message}`, { cause })
  } finally {
    await target.close()
  }
}

async function follow(fetch: typeof globalThis.fetch, first: URL): Promise<Response> {
  let url = first
  for (let step = 0; step <= MAX_REDIRECTS; step++) {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
      (cause) => {
        throw new SallyportError(
          'PEER_FAILED',
          `${url.origin} cannot be reached: ${(cause as Error).message}`,
          { cause },
        )
      },
    )
    const next = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || next === null) {
      if (response.ok) return response
      throw new SallyportError('PEER_FAILED', `${url.origin} answered ${response.status}`)
    }
    url = checkAddress(new URL(next, url).href)
  }
  throw new SallyportError('PEER_FAILED', `${first.origin} sends round in circles`)
}
