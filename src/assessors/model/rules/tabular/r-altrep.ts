import type { ModelRule } from '../../rule.ts'
import { rAltrep, rdsFile, rInts, rText } from './craft-r.ts'
import { isKnownAltrepPackage } from './judge-r.ts'

export const rAltrepClass: ModelRule = {
  id: 'r/altrep',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A vector of the object is made by code of another package, or read from another file',
  source: 'https://svn.r-project.org/R/branches/ALTREP/ALTREP.html',
  taxonomy: ['CWE-73', 'CWE-829'],
  why: 'Reading such a vector loads the package named and calls its code, or opens the file named in it.',
  remedy: 'Save the object again as plain vectors.',
  examples: {
    fires: [
      rdsFile(rAltrep('mmap_real', 'base', rText('/etc/passwd'))),
      rdsFile(rAltrep('any', 'evilpackage', rInts(1))),
    ],
    silent: [
      rdsFile(rAltrep('compact_intseq', 'base', rInts(3, 1, 1))),
      rdsFile(rAltrep('wrap_real', 'base', rInts(1))),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'rdata') return []
    return subject.view.sights.flatMap((sight) => {
      if (sight.kind !== 'altrep') return []
      const isMapped = sight.className.startsWith('mmap')
      if (!isMapped && isKnownAltrepPackage(sight.packageName)) return []
      const name = `${sight.packageName}::${sight.className}`
      return [
        { key: name, message: `${sight.path || 'the object'} is of the class ${name}`, offset: sight.offset },
      ]
    })
  },
}
