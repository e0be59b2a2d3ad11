/**
 * Writes long sums of single characters or short strings as one list that is joined. The parser gives up on sums of more than
 * 300 parts, which nobody writes but those who hide a text. Offsets behind such a sum are no longer exact.
 */
export function collapseSums(text: string): string {
  return text.replace(CHARACTERS, joined).replace(STRINGS, joined)
}

const CHARACTERS = /(?:chr\(\s{0,4}\w{1,10}\s{0,4}\)\s{0,8}\+\s{0,8}){100,}chr\(\s{0,4}\w{1,10}\s{0,4}\)/g
const STRINGS =
  /(?:(?:"[^"\\\n]{0,60}"|'[^'\\\n]{0,60}')\s{0,8}\+\s{0,8}){100,}(?:"[^"\\\n]{0,60}"|'[^'\\\n]{0,60}')/g

function joined(sum: string): string {
  const parts = sum.match(/chr\([^)]{1,20}\)|"[^"\n]{0,60}"|'[^'\n]{0,60}'/g) ?? []
  return `''.join([${parts.join(',')}])`
}
