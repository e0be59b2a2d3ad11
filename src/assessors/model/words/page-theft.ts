/** Characters of a page that are looked at. A page of Plotly holds its library, 4 MB. */
const MAX_PAGE_CHARS = 8 * 1024 * 1024

/** What a script of a page does to whoever opens it, by pattern. Gaps are bounded and end with a statement, so that libraries do not match by chance. */
const THEFTS: readonly (readonly [RegExp, string])[] = [
  [
    /(?:fetch|sendBeacon|window\.open|\.open)\s*\([^;<]{0,200}\b(?:document\.cookie|localStorage\s*[.[)]|sessionStorage\s*[.[)])/,
    'sends cookies or what the page keeps to another machine',
  ],
  [
    /(?:\.src|\blocation(?:\.href)?)\s*=\s*[^;<]{0,30}https?:\/\/[^;<]{0,200}\b(?:document\.cookie|localStorage\s*[.[]|sessionStorage\s*[.[])/,
    'sends cookies or what the page keeps to another machine',
  ],
  [
    /(?:fetch|\.open|\$\.(?:get|post|ajax))\s*\([^;<]{0,80}\/api\/(?:contents|kernels|terminals|sessions)\b/,
    'uses the session of Jupyter of whoever opens it',
  ],
  [
    /kernel\.execute\s*\([^<]{0,400}(?:\bos\.(?:system|popen|exec|spawn)|subprocess|__import__|\beval\(|\bexec\(|urllib|requests\.|socket\b|["'`]\s*!)/,
    'has the kernel run commands',
  ],
  [
    /<\w{1,20}\b[^>]{0,400}\son\w{3,20}\s*=\s*["'][^<>]{0,40}(?:fetch\s*\(|XMLHttpRequest|document\.cookie|sendBeacon|eval\s*\(|location(?:\.href)?\s*=\s*.{0,3}https?:)/i,
    'runs a script when it is shown',
  ],
]

/** What a page does to its reader that neither a plot nor a widget needs. */
export function pageTheftIn(page: string): { readonly why: string; readonly at: number } | undefined {
  const looked = page.slice(0, MAX_PAGE_CHARS)
  for (const [pattern, why] of THEFTS) {
    const at = looked.search(pattern)
    if (at >= 0) return { why, at }
  }
  return undefined
}
