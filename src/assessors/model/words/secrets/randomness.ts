/** Shannon entropy of a text, in bits a character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

/** Words with which people fill a place where a secret would stand. */
const FILLERS =
  /example|placeholder|your|dummy|fake|sample|changeme|change_me|replace|insert|secret_here|redacted|xxxx|\*\*\*|\.\.\.|<|\$\{|\{\{|0000000|1111111|1234567|abcdefg|qwerty|foobar|deadbeef|testtest/i

/** Whether a text stands for a secret instead of being one: a filler, a row of the same, a sequence. */
export function isPlaceholder(text: string): boolean {
  if (FILLERS.test(text)) return true
  const distinct = new Set(text).size
  if (distinct < Math.min(8, text.length / 2)) return true
  return isSequence(text)
}

/** More than half of the characters follow their neighbour by the same step: `abcdef`, `13579`, `zyxw`. */
function isSequence(text: string): boolean {
  const steps = new Map<number, number>()
  for (let i = 1; i < text.length; i++) {
    const step = text.charCodeAt(i) - text.charCodeAt(i - 1)
    steps.set(step, (steps.get(step) ?? 0) + 1)
  }
  return Math.max(...steps.values(), 0) > text.length / 2
}

/** How a secret is shown: four characters and its length. */
export function mask(secret: string): string {
  return `${secret.slice(0, 4)}… (${secret.length} characters)`
}
