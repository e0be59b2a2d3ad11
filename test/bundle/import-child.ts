import { createReadStream } from 'node:fs'
import { openHouse } from './two-houses.ts'

// Imports a bundle in a process of its own, for tests that kill it.
const [home = '', file = '', accepted = ''] = process.argv.slice(2)
const house = await openHouse(home)
process.stdout.write('up\n')
// In small pieces, so that there are many places to be killed at.
await house.import(createReadStream(file, { highWaterMark: 4096 }), { accepted: [accepted] })
process.stdout.write('done\n')
await house.close()
