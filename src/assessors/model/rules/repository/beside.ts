import { type Example, example } from '../../rule.ts'

/** A configuration with other files beside it, for examples: without neighbours nothing is judged together. */
export function withFiles(first: Example, ...files: readonly (readonly [string, string])[]): Example {
  const beside = files.map(([name, text]) => example(name, text))
  return { ...first, beside: [...beside, example('LICENSE', 'Apache-2.0\n')] }
}

/** A JSON file for examples. */
export function jsonExample(name: string, value: unknown): Example {
  return example(name, JSON.stringify(value))
}

/** A small module that only defines a class, for examples. */
export const INERT = 'import torch\n\n\nclass Acme(torch.nn.Module):\n    pass\n'
