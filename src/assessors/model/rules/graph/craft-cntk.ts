import { craftWire, type WirePart } from '../../craft-wire.ts'
import { type Example, example } from '../../rule.ts'

/** A dictionary with one function in it, for examples (synthetic: by CNTK.proto). */
export function cntk(type: string, texts: Readonly<Record<string, string>> = {}): Example {
  const entry = (key: string, value: WirePart): WirePart => [
    2,
    [
      [1, key],
      [2, [[1, 1], [2, 6], value]],
    ],
  ]
  const entries = Object.entries({ type, uid: 'F1', ...texts }).map(([key, value]) => entry(key, [8, value]))
  const inner: WirePart = [
    11,
    [
      [
        1,
        [
          [1, 1],
          [12, [[1, 1], ...entries]],
        ],
      ],
    ],
  ]
  return example(
    'a.dnn',
    craftWire([[1, 1], entry('type', [8, 'CompositeFunction']), entry('functions', inner)]),
  )
}
