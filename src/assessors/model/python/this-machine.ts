import { type PythonEvent, prefixOf } from '../../../formats/python/index.ts'

/** The part of an address up to its path must be written down: `localhost` may be the beginning of another name. */
const THIS_MACHINE = /^https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d{1,5})?\//

/** Whether the address of a call, its first argument, is one of the machine itself. */
export function asksThisMachine({ args, keywords }: PythonEvent): boolean {
  const address = args[0] ?? keywords.get('url')
  return address !== undefined && THIS_MACHINE.test(prefixOf(address))
}
