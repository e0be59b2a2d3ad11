import { type RSight, writeR } from '../../../../formats/rdata/index.ts'
import type { ModelRule, Observation } from '../../rule.ts'
import { rCall, rdaFile, rdsFile, rFunction, rList, rSymbol, rText } from './craft-r.ts'
import { isReached, isStartup, worstAct } from './judge-r.ts'

export const rActiveFunction: ModelRule = {
  id: 'r/active-function',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A function in the object starts programs or fetches code',
  source: 'https://cran.r-project.org/doc/manuals/r-release/R-ints.html',
  taxonomy: ['CWE-506', 'AML.T0018'],
  why: 'Functions saved with a model run when predict, print or the like are called on it. A model computes; it does not start programs, open sockets or run downloaded code.',
  remedy: 'Read the function before the model is used, or ask for the model without it.',
  examples: {
    fires: [
      rdsFile(rList({ predict: rFunction(rCall('{', rCall('system', rText('id')))) })),
      rdaFile({
        helper: rFunction(rCall('do.call', rCall('paste0', rText('sys'), rText('tem')), rText('id'))),
      }),
      rdsFile(rFunction(rCall('eval', rCall('parse', rCall('paste', rText('system('), rText('1)')))))),
    ],
    silent: [
      rdsFile(rList({ fit: rFunction(rCall('eval', rCall('substitute', rSymbol('x')))) })),
      rdsFile(rFunction(rCall('system.time', rSymbol('x')))),
      rdsFile(rFunction(rCall('saveRDS', rSymbol('x')))),
      rdsFile(rFunction(rCall('eval', rCall('parse', rSymbol('text'))))),
    ],
  },
  check: (subject) => (subject.kind === 'rdata' ? subject.view.sights.flatMap(observe) : []),
}

function observe(sight: RSight): Observation[] {
  // A function inside an expression is looked at with it.
  if (sight.kind !== 'closure' || sight.position === 'code') return []
  const act = worstAct(sight.closure.body, 'enter') ?? worstAct(sight.closure.formals, 'enter')
  if (act === undefined || act.deed === 'write' || act.deed === 'opaque') return []
  const isOtherRule =
    sight.isActive ||
    (sight.position === 'binding' &&
      sight.name !== undefined &&
      (isStartup(sight.name) || isReached(sight.name)))
  if (isOtherRule) return []
  const where = sight.path === '' ? 'a function' : sight.path
  return [
    {
      key: `${where}:${act.call}`,
      message: `${where} runs ${act.name}: ${act.call}`,
      offset: sight.offset,
      call: writeR(sight.closure),
    },
  ]
}
