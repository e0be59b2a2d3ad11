import { type Example, example, type ModelRule } from '../../rule.ts'

/** ndarray, complex and scalar of Flax (flax/serialization.py), and the timestamp of MessagePack. */
const KNOWN = new Set([1, 2, 3, -1])

export const msgpackExtension: ModelRule = {
  id: 'msgpack/extension',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The checkpoint holds values of an unknown extension type',
  source: 'https://flax-linen.readthedocs.io/en/latest/api_reference/flax.serialization.html',
  taxonomy: ['CWE-502'],
  why: 'Loaders give extension values to a function of their own. Flax knows three types; another one needs a loader that nobody has looked at, and some of them unpickle.',
  remedy: 'Ask which program reads this type, and look at what it does with the bytes.',
  examples: {
    fires: [msgpack('\x81\xa1a\xc7\x03\x2aabc')],
    silent: [
      msgpack('\x81\xa6params\x81\xa1w\xc7\x0f\x01\x93\x91\x02\xa7float32\xc4\x02\0\0'),
      msgpack('\x82\xa1t\xd6\xff\0\0\0\0\xa1x\xcb\0\0\0\0\0\0\0\0'),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'msgpack') return []
    const odd = subject.view.sights.filter(({ kind, type }) => kind === 'extension' && !KNOWN.has(type ?? 0))
    const byType = Map.groupBy(odd, ({ type }) => type)
    return [...byType].map(([type, [first]]) => ({
      key: String(type),
      message: `${first?.path ?? ''} has the extension type ${type}`,
      offset: first?.offset ?? 0,
    }))
  },
}

function msgpack(latin1: string): Example {
  return example('a.msgpack', latin1)
}
