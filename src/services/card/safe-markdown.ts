/** Schemes that a link of a card may have; others are taken out of it. */
const SAFE_LINK = /^(https?:\/\/|mailto:|#|\.{0,2}\/|[\w.-]+(?:[/#?]|$))/i

/**
 * Foreign Markdown that cannot become HTML: every `<` that could begin a tag is an entity, and links lead to the web or
 * nowhere. Code in fences is treated alike, for readers differ in where a fence ends (CWE-79).
 */
export function safeMarkdown(text: string): string {
  return text
    .replaceAll(/<(?!https?:\/\/[^\s<>"']*>)(?=[A-Za-z/!?])/g, '&lt;')
    .replaceAll(/(\]\(\s*<?)([^)\s>]*)/g, (_, head: string, url: string) => `${head}${safeUrl(url)}`)
    .replaceAll(
      /^( {0,3}\[[^\]\n]*\]:\s*<?)(\S*)/gm,
      (_, head: string, url: string) => `${head}${safeUrl(url)}`,
    )
}

/** An address with an entity could spell any scheme. */
function safeUrl(url: string): string {
  return url === '' || (SAFE_LINK.test(url) && !url.includes('&#') && !/&\w+;/.test(url)) ? url : '#'
}

/** Foreign words inside our own Markdown: one line, no markup, not longer than a line of a table. */
export function safeWords(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .slice(0, 200)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_{}[\]()#+!|~>]/g, '\\$&')
}
