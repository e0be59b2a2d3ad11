import { openTestFirewall } from './open-firewall.ts'

// A firewall in a process of its own, for tests that kill it: says where it listens, then serves until then.
const [home = '', hub = ''] = process.argv.slice(2)
const { url, firewall } = await openTestFirewall({ home, hub })
firewall.resume()
process.stdout.write(`${url}\n`)
