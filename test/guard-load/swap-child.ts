import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

// Puts other bytes in the place of a file and back again, in every way there is, until it is killed.
const [file = '', good = '', evil = ''] = process.argv.slice(2)
// Beside the model: a further file in it would be refused for ever.
const aside = join(dirname(dirname(file)), 'aside')
const goodBytes = Buffer.from(good, 'hex')
const evilBytes = Buffer.from(evil, 'hex')
process.stdout.write('ready\n')
for (let round = 0; ; round++) {
  const bytes = round % 2 === 0 ? evilBytes : goodBytes
  const way = Math.floor(round / 2) % 4
  if (way === 0) writeFileSync(file, bytes)
  else if (way === 1) {
    writeFileSync(aside, bytes)
    renameSync(aside, file)
  } else if (way === 2) {
    writeFileSync(aside, bytes)
    rmSync(file, { force: true })
    symlinkSync(aside, file)
  } else {
    rmSync(file, { force: true })
    writeFileSync(file, bytes)
  }
  // The file stands still for a while as well, now good and now evil: a check shall get through, however busy the machine is.
  if (round % 15 === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, (round % 8) * 30)
}
