// Letters of East Asia and pictures take two columns, marks above a letter none (Unicode TR 11, the wide blocks only).
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const NARROWEST = 24

/** Columns that a text without colours takes in a terminal. */
function widthOf(text: string): number {
  let width = 0
  for (const char of text) width += /\p{M}/u.test(char) ? 0 : WIDE.test(char) ? 2 : 1
  return width
}

/** Lines no wider than `columns`, broken between words, or inside one that is wider alone. */
export function wrapText(text: string, columns: number): readonly string[] {
  const most = Math.max(NARROWEST, columns)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((one) => cutWord(one, most))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && widthOf(longer) > most) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}

function cutWord(word: string, most: number): readonly string[] {
  if (widthOf(word) <= most) return [word]
  const parts: string[] = []
  let part = ''
  for (const char of word) {
    if (widthOf(part + char) > most) {
      parts.push(part)
      part = ''
    }
    part += char
  }
  return [...parts, part]
}
