import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A hub with one repository of one large file on disk; counts its transfers on standard output.
const [path = '', sha256 = ''] = process.argv.slice(2)
const { size } = statSync(path)
const commit = 'c'.repeat(40)
const FILE = 'model.safetensors'
const json = (value: unknown) => JSON.stringify(value)
const server = createServer((request, response) => {
  const url = request.url ?? ''
  if (url.startsWith('/api/models/org/big/tree/'))
    return void response.end(
      json([
        { type: 'file', path: FILE, size, oid: 'a'.repeat(40), lfs: { oid: sha256, size, pointerSize: 130 } },
      ]),
    )
  if (url.startsWith('/api/models/org/big'))
    return void response.end(json({ id: 'org/big', sha: commit, siblings: [{ rfilename: FILE }] }))
  const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
  process.stdout.write('transfer\n')
  response.writeHead(start === 0 ? 200 : 206, {
    'content-length': String(size - start),
    ...(start === 0 ? {} : { 'content-range': `bytes ${start}-${size - 1}/${size}` }),
  })
  createReadStream(path, { start }).pipe(response)
})
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`),
)
