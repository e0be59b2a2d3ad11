import { example, type ModelRule, type Subject } from '../../rule.ts'
import { moduleOf, torchScript } from './craft-torchscript.ts'

/** A call inside a type: `name(`. Types have square brackets only. */
const CALL = /(?<![\p{L}\p{N}_])[\p{L}_][\p{L}\p{N}_]*\s?\(/u
/** Characters of a comment that are looked at. */
const MAX_COMMENT = 1000

export const torchScriptTypeComment: ModelRule = {
  id: 'torchscript/type-comment',
  severity: 'critical',
  verdict: 'malicious',
  title: 'A type comment holds a call that torch.jit runs',
  source: 'https://nvd.nist.gov/vuln/detail/CVE-2022-45907',
  taxonomy: ['CWE-95', 'CVE-2022-45907', 'AML.T0011.000'],
  why: 'torch.jit.annotations.parse_type_line gave the text of type comments to eval, so that scripting a function ran what stood there.',
  remedy: 'Do not script or import the source; use PyTorch 1.13.1 or later.',
  examples: {
    fires: [
      torchScript(moduleOf('# type: (__import__("os").system("id")) -> Tensor')),
      example('a.py', 'def f(x):\n    # type: (__import__("os").system("id")) -> int\n    return x\n'),
    ],
    silent: [
      torchScript(moduleOf('# type: (Tensor, Optional[int]) -> Tuple[Tensor, int]')),
      example('b.py', 'def f(x):\n    # type: (int) -> str\n    return x  # type: ignore[call-arg]\n'),
    ],
  },
  check: (subject) =>
    commentsOf(subject)
      .filter(({ text }) => CALL.test(typeOf(text)))
      .slice(0, 20)
      .map(({ text, offset }) => ({
        key: text.slice(0, 200),
        message: `the type comment calls a function: ${text.slice(0, 200)}`,
        offset,
        call: text.slice(0, 200),
      })),
}

/** What follows `# type:`, without the brackets of the signature itself. */
function typeOf(comment: string): string {
  return comment.slice(comment.indexOf('type:') + 5).trim()
}

function commentsOf(subject: Subject): readonly { readonly text: string; readonly offset: number }[] {
  if (subject.kind === 'torchscript') return subject.view.typeComments
  if (subject.kind !== 'text' || subject.format !== 'python') return []
  const found: { text: string; offset: number }[] = []
  // Only signatures are evaluated in Python sources.
  for (const match of subject.text.matchAll(/# type: \([^\n]{0,1000}/g))
    found.push({ text: match[0].slice(0, MAX_COMMENT), offset: match.index })
  return found
}
