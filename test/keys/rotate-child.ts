// Changes the assessor's key of a home and kills itself after the step that was named, as a power cut would.
import { revokeKey, rotateKey } from '../../src/services/keys/index.ts'
import { openKeys } from './open-keys.ts'

const [home = '', change = '', step = ''] = process.argv.slice(2)
const open = await openKeys(home, undefined, (at) => {
  if (at === step) process.kill(process.pid, 'SIGKILL')
})
const { keys, beliefs } = open
if (change === 'rotate') await rotateKey(beliefs.change, 'assessor', { kind: 'new' })
else if (change === 'revoke')
  await revokeKey(beliefs.change, keys.assessor.keyId, { reason: 'stolen', next: { kind: 'new' } })
await open.close()
