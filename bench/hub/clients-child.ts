import { get } from 'node:http'

// So many clients that ask for one file at once, or for its first MiB, and drop the bytes; prints bytes per second.
const [url = '', clients = '1', mib = ''] = process.argv.slice(2)
const headers = mib === '' ? {} : { range: `bytes=0-${Number(mib) * 1024 * 1024 - 1}` }
const read = () =>
  new Promise<number>((done, failed) => {
    get(url, { agent: false, headers }, (response) => {
      let bytes = 0
      if (response.statusCode !== 200 && response.statusCode !== 206)
        failed(new Error(`status ${response.statusCode}`))
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      response.on('end', () => done(bytes))
      response.on('error', failed)
    }).on('error', failed)
  })
const before = process.hrtime.bigint()
const all = await Promise.all(Array.from({ length: Number(clients) }, read))
const seconds = Number(process.hrtime.bigint() - before) / 1e9
process.stdout.write(`${all.reduce((sum, bytes) => sum + bytes, 0) / seconds}\n`)
