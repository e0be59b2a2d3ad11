import { openTestMirror } from './open-mirror.ts'

// Doors in a process of their own, for tests that kill it: says where they listen, then serves until then.
const [home = '', settings = '{}'] = process.argv.slice(2)
const { url, mirror } = await openTestMirror({ home, settings: JSON.parse(settings) })
mirror.resume()
process.stdout.write(`${url}\n`)
