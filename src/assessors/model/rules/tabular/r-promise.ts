import type { RSight } from '../../../../formats/rdata/index.ts'
import { writeR } from '../../../../formats/rdata/index.ts'
import type { ModelRule, Observation } from '../../rule.ts'
import {
  rCall,
  rCallOf,
  rdaFile,
  rdsFile,
  rEnvironment,
  rFunction,
  rList,
  rPromise,
  rSymbol,
  rText,
} from './craft-r.ts'
import { callsAnything, worstAct } from './judge-r.ts'

const code = rCall('system', rText('id'))

export const rPromiseCode: ModelRule = {
  id: 'r/promise',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Reading this R object runs an expression',
  source: 'https://nvd.nist.gov/vuln/detail/CVE-2024-27322',
  taxonomy: ['CVE-2024-27322', 'CWE-502', 'AML.T0011.000'],
  why: 'The file holds a promise: an expression that R evaluates as soon as the loaded value is touched. saveRDS and save never write one in the place of a value.',
  remedy:
    'Do not load the file. R 4.4.0 and later refuse such promises; ask for the model in a format without code.',
  examples: {
    fires: [
      rdsFile(rPromise(code)),
      rdsFile(rPromise(code), 2),
      rdaFile({ model: rPromise(rCall('harmless')) }),
      rdsFile(rList({ a: rPromise(rCall('eval', rCall('parse', rText('x')))) })),
      rdsFile(rEnvironment({ a: rPromise(rCall('do.call', rText('system'), rText('id'))) })),
      rdsFile(
        rEnvironment({ a: rPromise(rCall('::', rSymbol('base'), rSymbol('system'))), b: rPromise(code) }),
      ),
      rdsFile(rEnvironment({ a: rPromise(rCall('unlink', rText('~'))) })),
      rdsFile(rEnvironment({ a: rPromise(rCallOf(rFunction(code))) })),
    ],
    silent: [
      rdsFile(rEnvironment({ a: rPromise(code, rText('done')) })),
      rdsFile(
        rEnvironment({ n: rPromise(rCall('getOption', rText('na.action'))), m: rPromise(rSymbol('x')) }),
      ),
      rdsFile(rList({ a: rText('system("id")') })),
    ],
  },
  check: (subject) => (subject.kind === 'rdata' ? subject.view.sights.flatMap(observe) : []),
}

function observe(sight: RSight): Observation[] {
  // One inside an expression is looked at with it.
  if (sight.kind !== 'promise' || sight.isForced || sight.position === 'code') return []
  const act = worstAct(sight.code, 'enter')
  const isVariable = sight.position === 'frame'
  if (
    isVariable
      ? act === undefined || act.deed === 'hidden' || act.deed === 'opaque'
      : !callsAnything(sight.code)
  )
    return []
  const where = sight.path === '' ? 'the object itself' : sight.path
  const what = act === undefined ? 'calls a function' : `runs ${act.name}`
  const call = writeR(sight.code)
  return [
    {
      key: `${where}:${call}`,
      message: `${where} is a promise that ${what} when it is read`,
      offset: sight.offset,
      call,
    },
  ]
}
