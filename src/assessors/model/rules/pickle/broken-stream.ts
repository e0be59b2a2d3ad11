import { example, type ModelRule } from '../../rule.ts'

export const brokenStream: ModelRule = {
  id: 'pickle/broken-stream',
  severity: 'medium',
  verdict: 'undecided',
  title: 'The pickle breaks before its end',
  source: 'https://www.reversinglabs.com/blog/rl-identifies-malware-ml-model-hosted-on-hugging-face',
  taxonomy: ['CWE-502', 'AML.T0015'],
  why: 'Everything before the break is executed by a loader. What a different loader makes of the rest cannot be said. Attackers break streams on purpose so that scanners give up.',
  remedy: 'Fetch the file again and compare its digest with the publisher’s; do not load it as it is.',
  examples: {
    fires: [
      example('a.pkl', '\x80\x02ccollections\nOrderedDict\n)R\x80\x09.'),
      example('b.pkl', '\x80\x04\x95\xff\x00\x00\x00\x00\x00\x00\x00N.'),
    ],
    silent: [example('a.pkl', '\x80\x02]q\x00.')],
  },
  check: (subject) => {
    if (subject.kind !== 'pickle') return []
    return subject.facts.runs
      .filter((run) => run.end !== 'stop')
      .map((run) => ({
        key: 'broken',
        message: `at offset ${run.endOffset}: ${run.reason ?? 'it broke'}`,
        offset: run.endOffset,
      }))
      .slice(0, 1)
  },
}
