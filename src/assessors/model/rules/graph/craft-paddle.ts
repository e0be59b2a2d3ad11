import { craftWire, type WirePart } from '../../craft-wire.ts'
import { type Example, example } from '../../rule.ts'

/** A ProgramDesc with operators of these types, each with one text, for examples (synthetic: by the published schema). */
export function paddle(
  ...operators: readonly (readonly [type: string, name?: string, value?: string])[]
): Example {
  const parts = operators.map(
    ([type, name = 'op_device', value = '']): WirePart => [
      4,
      [
        [
          1,
          [
            [1, 'X'],
            [2, 'x'],
          ],
        ],
        [3, type],
        [
          4,
          [
            [1, name],
            [2, 2],
            [5, value],
          ],
        ],
      ],
    ],
  )
  const variable: WirePart = [
    3,
    [
      [1, 'x'],
      [2, [[1, 7]]],
    ],
  ]
  return example(
    'a.pdmodel',
    craftWire([
      [1, [[1, 0], [2, -1], variable, ...parts]],
      [4, [[1, 0]]],
    ]),
  )
}
