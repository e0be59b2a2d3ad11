import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createGuardedHttp } from './guarded-http.ts'
import { isPrivateAddress } from './refuse-address.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  let all = ''
  for await (const chunk of body) all += Buffer.from(chunk).toString()
  return all
}

const signal = () => AbortSignal.timeout(5_000)

test.for([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.31.0.1', true],
  ['172.32.0.1', false],
  ['169.254.169.254', true],
  ['100.64.0.1', true],
  ['0.0.0.0', true],
  ['255.255.255.255', true],
  ['8.8.8.8', false],
  ['::1', true],
  ['::', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:8.8.8.8', false],
  ['::ffff:a9fe:a9fe', true],
  ['64:ff9b::7f00:1', true],
  ['2002:7f00:1::', true],
  ['fd00:ec2::254', true],
  ['fe80::1%eth0', true],
  ['2606:4700:4700::1111', false],
  ['not an address', true],
] as const)('%s is of our own network: %s', ([address, expected]) => {
  expect(isPrivateAddress(address)).toBe(expected)
})

test.for([
  ['a private address', 'https://10.0.0.1/'],
  ['loopback by name', 'https://localhost/'],
  ['a number for an address', 'https://2130706433/'],
  ['octal', 'https://0177.0.0.1/'],
  ['IPv6 loopback', 'https://[::1]/'],
  ['IPv4 in IPv6', 'https://[::ffff:127.0.0.1]/'],
  ['metadata of a cloud', 'https://169.254.169.254/latest/meta-data'],
  ['no TLS', 'http://example.com/'],
] as const)('not asked: %s', async ([, url]) => {
  const http = createGuardedHttp({ trusted: [] })
  await expect(http.ask({ url, signal: signal() })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  http.close()
})

test('a trusted host cannot send us on into our own network, nor see its secret passed on', async () => {
  const seen: (string | undefined)[] = []
  const inner = await serve((request, response) => {
    seen.push(request.headers.authorization)
    response.end('secret')
  })
  const outer = await serve((request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(302, { location: request.url === '/own' ? '/there' : `${inner}/meta` }).end()
  })
  const http = createGuardedHttp({ trusted: [outer] })
  const secretHeaders = { authorization: 'Bearer s3cret' }
  await expect(http.ask({ url: `${outer}/`, secretHeaders, signal: signal() })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  })
  expect(seen).toEqual(['Bearer s3cret'])
  const both = createGuardedHttp({ trusted: [outer, inner] })
  expect(await text((await both.ask({ url: `${outer}/`, secretHeaders, signal: signal() })).body)).toBe(
    'secret',
  )
  expect(seen.slice(1)).toEqual(['Bearer s3cret', undefined])
  http.close()
  both.close()
})

test('redirects in a ring, answers that stop early and peers that say nothing are failures of the peer', async () => {
  const ring = await serve((_, response) => response.writeHead(302, { location: '/' }).end())
  const early = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('only this', () => response.destroy())
  })
  const silent = await serve(() => undefined)
  const http = createGuardedHttp({ trusted: [ring, early, silent] })
  await expect(http.ask({ url: ring, signal: signal() })).rejects.toMatchObject({ code: 'PEER_FAILED' })
  await expect(
    http.ask({ url: early, signal: signal() }).then(({ body }) => text(body)),
  ).rejects.toMatchObject({
    code: 'PEER_FAILED',
  })
  await expect(http.ask({ url: silent, signal: AbortSignal.timeout(200) })).rejects.toMatchObject({
    code: 'PEER_FAILED',
  })
  http.close()
})
