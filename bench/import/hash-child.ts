// Copies and hashes one file as `sallyport import` does, or only hashes it, and prints what it cost.
import { join } from 'node:path'
import { openBlobFolder } from '../../src/adapters/blobs-files/index.ts'

const [mode, path = '', folder = ''] = process.argv.slice(2)
const workerUrl = new URL('../../src/adapters/blobs-files/copy-worker.ts', import.meta.url)
const blobs = await openBlobFolder({ folder: join(folder, 'blobs'), workerUrl })
const before = process.cpuUsage()
const start = performance.now()
const { sha256 } = mode === 'hash' ? await blobs.hashFile(path) : await blobs.putFile(path, {})
const wallMs = performance.now() - start
const { user, system } = process.cpuUsage(before)
await blobs.close()
process.stdout.write(JSON.stringify({ sha256, cpuMs: (user + system) / 1000, wallMs }))
