/** The search of the ledger page, from whatever stands in the address bar. */
export function parseEntry(search: Readonly<Record<string, unknown>>): { readonly entry?: number } {
  const entry = Number(search.entry ?? Number.NaN)
  return Number.isSafeInteger(entry) && entry >= 0 ? { entry } : {}
}
