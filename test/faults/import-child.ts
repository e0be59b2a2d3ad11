// Imports models without end, saying each one that was acknowledged. The parent kills it at a random time.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRoom, someone } from '../e2e/open-room.ts'

const [home = '', scratch = '', start = '0'] = process.argv.slice(2)
const room = await openRoom(home)
for (let i = Number(start); ; i++) {
  const folder = join(scratch, `m${i}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'a.bin'), Buffer.alloc(40_000 + i, i % 251))
  writeFileSync(join(folder, 'b.bin'), `model ${i}`)
  const model = await room.registry.importModel({ path: folder, name: `m${i}` }, someone('ada'))
  await room.registry.assess(model.digest, someone('ada'))
  process.stdout.write(`${model.digest}\n`)
}
