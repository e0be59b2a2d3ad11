import { craftWire, type WirePart } from '../../craft-wire.ts'
import { type Example, example } from '../../rule.ts'

/** A Model of Core ML with these fields, for examples (synthetic: by the published schema). */
export function coreMl(...parts: readonly WirePart[]): Example {
  return example('a.mlmodel', craftWire([[1, 5], [2, [[100, [[1, 'made by a script']]]]], ...parts]))
}

/** An ML program with one operation that takes its weights from a file. */
export function coreMlProgram(blob: string): Example {
  const value: WirePart = [
    2,
    [
      [
        5,
        [
          [1, blob],
          [2, 64],
        ],
      ],
    ],
  ]
  const operation: WirePart = [
    3,
    [
      [1, 'const'],
      [5, [[1, 'val'], value]],
    ],
  ]
  return coreMl([
    502,
    [
      [1, 1],
      [
        2,
        [
          [1, 'main'],
          [
            2,
            [
              [2, 'CoreML6'],
              [
                3,
                [
                  [1, 'CoreML6'],
                  [2, [operation]],
                ],
              ],
            ],
          ],
        ],
      ],
    ],
  ])
}
