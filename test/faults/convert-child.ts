// Converts without end, by folder and in a home by turns, saying each one that was acknowledged. Its parent kills it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { legacyTorch } from '../dev/torch-file.ts'
import { someone } from '../e2e/open-room.ts'
import { openConversions } from './open-conversions.ts'

const [home = '', scratch = '', start = '0'] = process.argv.slice(2)
const { parts, folders, ...opened } = await openConversions(home)
const conversion = opened.conversion()
const ada = someone('ada')
process.stdout.write('up\n')
for (let i = Number(start); ; i++) {
  const folder = join(scratch, `m${i}`)
  mkdirSync(folder, { recursive: true })
  const values = Array.from({ length: 20_000 }, (_, k) => i + k)
  for (const name of ['a.bin', 'b.bin'])
    writeFileSync(join(folder, name), legacyTorch({ w: { values, shape: [values.length] } }))
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ i }))
  const out = join(scratch, `out${i}`)
  await folders.convert(folder, {}, out)
  process.stdout.write(`folder ${out}\n`)
  const { digest } = await parts.registry.importModel({ path: folder, name: `m${i}` }, ada)
  const made = await conversion.convert(digest, {}, ada)
  process.stdout.write(`model ${made.digest} ${made.statement} ${digest}\n`)
}
