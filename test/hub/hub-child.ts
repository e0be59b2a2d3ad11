import { createHash } from 'node:crypto'
import { startLocalHub } from './local-hub.ts'

// A hub in a process of its own, for tests that kill it: the same repositories every time, handed out slowly.
const [port = '0', repos = '0'] = process.argv.slice(2)
const hub = await startLocalHub(Number(port))
for (let i = 0; i < Number(repos); i++) {
  const body = Buffer.alloc(2_000_000, createHash('sha512').update(`weights ${i}`).digest())
  hub.push(`org/model-${i}`, 'main', { 'config.json': `{"i":${i}}`, 'model.safetensors': body })
}
hub.trouble.set('model.safetensors', { pauseMs: 15 })
process.stdout.write(`${hub.url}\n`)
