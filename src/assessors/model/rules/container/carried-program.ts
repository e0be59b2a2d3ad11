import { ELF } from '../../craft-container.ts'
import { craftWire } from '../../craft-wire.ts'
import { example, type ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const carriedProgram: ModelRule = {
  id: 'container/carried-program',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A program stands where the numbers of a tensor should',
  source: 'https://arxiv.org/abs/2107.08590',
  taxonomy: ['CWE-506', 'AML.T0011.000', 'AML.T0015'],
  why: 'No training makes the header of a program. Weights are how a payload passes as a model, for a few lines of code elsewhere to write out and start.',
  remedy: 'Do not use the file; report it to who publishes it.',
  examples: {
    fires: [tensorOf(ELF), onnxOf(ELF)],
    silent: [tensorOf(ELF.replace('\x02\x01\x01', '\x09\x09\x09')), onnxOf('\0'.repeat(64))],
  },
  check: (subject) => observeSights(subject, 'carried'),
}

/** A safetensors file of one tensor, for examples. */
function tensorOf(data: string): { name: string; bytes: Uint8Array } {
  const header = `{"a":{"dtype":"U8","shape":[${data.length}],"data_offsets":[0,${data.length}]}}`
  return example('a.safetensors', `${String.fromCharCode(header.length)}${'\0'.repeat(7)}${header}${data}`)
}

/** An ONNX model with one initializer of raw bytes, for examples. */
function onnxOf(data: string): { name: string; bytes: Uint8Array } {
  const tensor = [[1, data.length] as const, [2, 2] as const, [8, 'w'] as const, [9, data] as const]
  const graph = [[1, [[4, 'Relu'] as const]] as const, [5, tensor] as const]
  return example(
    'a.onnx',
    craftWire([
      [1, 8],
      [7, graph],
      [8, [[2, 15] as const]],
    ]),
  )
}
