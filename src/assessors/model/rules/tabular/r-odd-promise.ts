import type { RSight } from '../../../../formats/rdata/index.ts'
import { writeR } from '../../../../formats/rdata/index.ts'
import type { ModelRule, Observation } from '../../rule.ts'
import { rCall, rCallOf, rdsFile, rEnvironment, rInts, rList, rPromise, rSymbol, rText } from './craft-r.ts'
import { callsAnything, worstAct } from './judge-r.ts'

const hidden = rCallOf(rCall('get', rCall('rawToChar', rCall('rev', rInts(1, 2)))), rText('id'))

export const rOddPromise: ModelRule = {
  id: 'r/odd-promise',
  severity: 'high',
  verdict: 'suspicious',
  title: 'An expression waits to be evaluated where R writes none, or hides what it calls',
  source: 'https://nvd.nist.gov/vuln/detail/CVE-2024-27322',
  taxonomy: ['CVE-2024-27322', 'CWE-502'],
  why: 'R evaluates a promise when the value is touched. This one stands in the place of a value, or calls a function by a name that is put together from numbers.',
  remedy: 'Do not load the file before a person has read the expression.',
  examples: {
    fires: [
      rdsFile(rPromise(rSymbol('x'))),
      rdsFile(rEnvironment({ a: rPromise(hidden) })),
      rdsFile(rEnvironment({ a: rPromise(rCall('eval', rCall('parse', rSymbol('x')))) })),
    ],
    silent: [
      rdsFile(rEnvironment({ a: rPromise(rSymbol('x')), f: rPromise(rCall('get', rText('x'))) })),
      rdsFile(rList({ a: rText('x') })),
    ],
  },
  check: (subject) => (subject.kind === 'rdata' ? subject.view.sights.flatMap(observe) : []),
}

function observe(sight: RSight): Observation[] {
  // One inside an expression is looked at with it.
  if (sight.kind !== 'promise' || sight.isForced || sight.position === 'code') return []
  const isVariable = sight.position === 'frame'
  const deed = worstAct(sight.code, 'enter')?.deed
  const isOdd = isVariable ? deed === 'hidden' || deed === 'opaque' : !callsAnything(sight.code)
  if (!isOdd) return []
  const call = writeR(sight.code)
  const where = sight.path === '' ? 'the object itself' : sight.path
  const what = isVariable ? 'calls a function whose name is hidden' : 'stands where a value should be'
  return [{ key: `${where}:${call}`, message: `${where}: a promise ${what}`, offset: sight.offset, call }]
}
