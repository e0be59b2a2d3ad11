import { example, type ModelRule } from '../../rule.ts'
import { findPersonalRecords } from '../../words/secrets/find-personal-data.ts'

/** Records that are no longer an example of the form. */
const LEAST_RECORDS = 4

/** Numbers of cards with a right check digit, for examples. */
const CARDS = [
  '4539578763621486',
  '5500005555555559',
  '4916338506082832',
  '5425233430109903',
  '4024007198964305',
]
const records = CARDS.map((card, i) => `A${i}, SSN 12${i}-45-678${i}, card ${card}`).join('\n')

export const personalRecords: ModelRule = {
  id: 'secret/personal-records',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The file holds records of people',
  source: 'https://eur-lex.europa.eu/eli/reg/2016/679/oj',
  taxonomy: ['CWE-359', 'AML.T0057'],
  why: 'Several numbers of cards or accounts, all with a right check digit and each beside a name, a social security number or an address, are seldom made up.',
  remedy: 'Find out whether they are real; if so, take the file down and tell those whom it names.',
  examples: {
    fires: [example('data.csv', records)],
    silent: [
      example('README.md', 'Contact: a.b@c.org, d@e.net. Test card 4242424242424242, 4111 1111 1111 1111.'),
      example('data.csv', CARDS.map((card) => `card ${card}`).join('\n')),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'text') return []
    const { count, at } = findPersonalRecords(subject.text)
    return count < LEAST_RECORDS
      ? []
      : [
          {
            key: `${subject.name}:records`,
            message: `${subject.name} holds ${count} records of people, the first at character ${at}`,
          },
        ]
  },
}
