import { craftWire, type WirePart } from '../../craft-wire.ts'
import { type Example, example } from '../../rule.ts'

/** A NodeProto with an operator and attributes. */
export function onnxNode(operator: string, domain = '', attributes: readonly WirePart[] = []): WirePart {
  return [
    1,
    [[1, 'x'], [2, 'y'], [4, operator], ...(domain === '' ? [] : [[7, domain] as const]), ...attributes],
  ]
}

/** A TensorProto whose data stand in another file. */
export function onnxExternal(location: string, more: Readonly<Record<string, string>> = {}): WirePart {
  const entries = Object.entries({ location, ...more })
  return [
    5,
    [
      [1, 4],
      [2, 1],
      [8, 'w'],
      ...entries.map(
        ([key, value]) =>
          [
            13,
            [
              [1, key],
              [2, value],
            ],
          ] as const,
      ),
      [14, 1],
    ],
  ]
}

/** A ModelProto with one graph, for examples. */
export function onnx(graph: readonly WirePart[], more: readonly WirePart[] = []): Example {
  const model: WirePart[] = [
    [1, 8],
    [2, 'sallyport'],
    [7, [...graph, [2, 'g']]],
    [
      8,
      [
        [1, ''],
        [2, 17],
      ],
    ],
    ...more,
  ]
  return example('a.onnx', craftWire(model))
}
