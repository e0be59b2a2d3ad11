import { craftZip } from '../../craft-zip.ts'
import type { Example } from '../../rule.ts'

/** An archive of TorchScript with one source, for examples. */
export function torchScript(code: string, more: readonly (readonly [string, string])[] = []): Example {
  const members = [
    ['m/data.pkl', '\x80\x02}.'],
    ['m/code/__torch__/m.py', code],
    ['m/constants.pkl', '\x80\x02).'],
    ['m/version', '3\n'],
    ...more,
  ] as const
  return { ...craftZip(members.map(([name, text]) => ({ name, text }))), name: 'a.pt' }
}

/** A source with one method, of these lines. */
export function moduleOf(...lines: readonly string[]): string {
  const body = lines.map((line) => `    ${line}\n`).join('')
  return `class M(Module):\n  __parameters__ = []\n  training : bool\n  def forward(self: __torch__.m.M,\n    x: Tensor) -> Tensor:\n${body}    return x\n`
}
