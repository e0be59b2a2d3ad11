import { writeR } from '../../../../formats/rdata/index.ts'
import type { ModelRule } from '../../rule.ts'
import { rCall, rdaFile, rFunction, rSymbol, rText } from './craft-r.ts'
import { isStartup, worstAct } from './judge-r.ts'

export const rStartFunction: ModelRule = {
  id: 'r/start-function',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The workspace holds a function that R calls at start or end of a session',
  source: 'https://stat.ethz.ch/R-manual/R-devel/library/base/html/Startup.html',
  taxonomy: ['CWE-506'],
  why: 'A workspace named .RData is loaded when R starts in its folder, and .First in it is called at once. A model needs no such function.',
  remedy: 'Read the function before loading the workspace, or ask for the model alone.',
  examples: {
    fires: [rdaFile({ '.First': rFunction(rCall('options', rText('x'))) })],
    silent: [rdaFile({ first: rFunction(rSymbol('x')) }), rdaFile({ '.Random.seed': rText('1') })],
  },
  check: (subject) => {
    if (subject.kind !== 'rdata') return []
    return subject.view.sights.flatMap((sight) => {
      if (sight.kind !== 'closure' || sight.position !== 'binding' || !isStartup(sight.name ?? '')) return []
      const deed = worstAct(sight.closure.body, 'enter')?.deed
      if (deed !== undefined && deed !== 'opaque') return []
      const message = `${sight.path} is called by R without being asked`
      return [{ key: sight.path, message, offset: sight.offset, call: writeR(sight.closure) }]
    })
  },
}
