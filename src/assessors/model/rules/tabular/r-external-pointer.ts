import type { ModelRule } from '../../rule.ts'
import { rdsFile, rList, rPointer, rText } from './craft-r.ts'

export const rExternalPointer: ModelRule = {
  id: 'r/external-pointer',
  severity: 'info',
  verdict: 'clean',
  title: 'The object refers to memory that was not saved',
  source: 'https://cran.r-project.org/doc/manuals/r-release/R-exts.html',
  taxonomy: ['CWE-825'],
  why: 'External pointers are empty after loading. Models of xgboost, lightgbm and keras saved this way do not work as they are.',
  remedy: 'Save such a model with the function of its own package.',
  examples: {
    fires: [rdsFile(rList({ handle: rPointer }))],
    silent: [rdsFile(rList({ a: rText('x') }))],
  },
  check: (subject) => {
    if (subject.kind !== 'rdata') return []
    return subject.view.sights
      .filter(({ kind }) => kind === 'pointer')
      .slice(0, 1)
      .map(({ path, offset }) => ({
        key: 'pointer',
        message: `${path || 'the object'} is an external pointer`,
        offset,
      }))
  },
}
