/** Whether this process paints: its terminal is one, so there is one answer. Set by {@link usePaint}. */
let isOn = false

/** What says whether colours are wanted. */
export interface PaintWish {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: { readonly isTTY?: boolean | undefined }
}

/** Colours where a person looks: NO_COLOR (no-color.org) wins, then FORCE_COLOR, then a terminal that can, then a CI log. */
export function usePaint({ env, stdout }: PaintWish): void {
  const isWanted = Boolean(env.FORCE_COLOR) || Boolean(env.CI)
  isOn = !env.NO_COLOR && (isWanted || (stdout.isTTY === true && env.TERM !== 'dumb'))
}

/** Text between two codes of ECMA-48 (SGR); what ends inside is begun again. */
function painter(open: number, close: number): (text: string) => string {
  const [start, end] = [`\u001b[${open}m`, `\u001b[${close}m`]
  // Bold and dim end with the same code, so the outer one begins again behind the end of the inner.
  const again = close === 22 ? end + start : start
  return (text) => (isOn ? start + text.replaceAll(end, again) + end : text)
}

export const bold = painter(1, 22)
export const dim = painter(2, 22)
export const red = painter(31, 39)
export const green = painter(32, 39)
export const yellow = painter(33, 39)
export const magenta = painter(35, 39)
