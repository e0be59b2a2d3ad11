import { Link } from '@tanstack/react-router'

/** To the entry of the ledger where a statement stands, and where its proof is checked. */
export function LedgerLink({ index, of }: { readonly index: number; readonly of?: string }) {
  return (
    <Link
      to="/ledger"
      search={{ entry: index }}
      className="whitespace-nowrap text-accent underline underline-offset-2"
    >
      ledger entry {index}
      {of === undefined ? null : <span className="sr-only"> of {of}</span>}
    </Link>
  )
}
