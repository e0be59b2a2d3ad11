import { example, type ModelRule } from '../../rule.ts'
import { findPersonalData } from '../../words/secrets/find-personal-data.ts'

export const personalData: ModelRule = {
  id: 'secret/personal-data',
  severity: 'info',
  verdict: 'clean',
  title: 'The file holds personal data',
  source: 'https://eur-lex.europa.eu/eli/reg/2016/679/oj',
  taxonomy: ['CWE-359'],
  why: 'Numbers of cards and accounts, and long lists of addresses, are of people who may not know that they are published with a model.',
  remedy: 'Find out whether they are real, and take them out if so.',
  examples: {
    fires: [
      example('data.csv', 'name,card\nA,4539578763621486\n'),
      example('notes.txt', 'IBAN: NL91 ABNA 0417 1643 00\n'),
      example('data.csv', Array.from({ length: 60 }, (_, i) => `p${i}@mail${i % 7}.org`).join('\n')),
    ],
    silent: [
      example('README.md', 'Contact: a.b@c.org, d@e.net. Test card 4242424242424242, 4111 1111 1111 1111.'),
      example('data.csv', 'id,value\n4539578763621486,1\n1234567890123456,2\n'),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'text') return []
    return findPersonalData(subject.text).map(({ name, count, at, shown }) => ({
      key: `${subject.name}:${name}`,
      message: `${subject.name} holds ${count} ${name}, the first is ${shown} (character ${at})`,
    }))
  },
}
