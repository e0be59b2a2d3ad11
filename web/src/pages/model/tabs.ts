export const TABS = [
  'findings',
  'files',
  'evidence',
  'provenance',
  'decisions',
  'lineage',
  'receivers',
] as const
export type Tab = (typeof TABS)[number]

/** The search of a model's page, from whatever stands in the address bar. */
export function parseTab(search: Readonly<Record<string, unknown>>): { readonly tab?: Tab } {
  const tab = TABS.find((one) => one === search.tab)
  return tab === undefined ? {} : { tab }
}
