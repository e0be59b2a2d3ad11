/** The public page of a taxonomy's id, or undefined for one that we cannot link with certainty. */
export function linkOf(id: string): string | undefined {
  const cwe = /^CWE-(\d{1,5})$/.exec(id)
  if (cwe !== null) return `https://cwe.mitre.org/data/definitions/${cwe[1]}.html`
  const cve = /^CVE-\d{4}-\d{4,7}$/.exec(id)
  if (cve !== null) return `https://www.cve.org/CVERecord?id=${id}`
  const atlas = /^(?:ATLAS )?(AML\.T\d{4}(?:\.\d{3})?)$/.exec(id)
  if (atlas !== null) return `https://atlas.mitre.org/techniques/${atlas[1]}`
  return undefined
}
