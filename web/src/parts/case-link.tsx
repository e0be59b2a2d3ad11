import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queueQuery } from '../api/review-queries.ts'

interface CaseLinkProps {
  readonly digest: string | undefined
  readonly of: string
}

/** To the case of a model in the review queue, with its state; nothing is said where it has none. */
export function CaseLink({ digest, of }: CaseLinkProps) {
  const found = useQuery(queueQuery).data?.cases.find((one) => one.digest === digest)
  if (found === undefined) return null
  return (
    <Link
      to="/review/$digest"
      params={{ digest: found.digest }}
      className="whitespace-nowrap text-accent underline underline-offset-2"
    >
      {found.state.replaceAll('-', ' ')}
      <span className="sr-only"> case of {of}</span>
    </Link>
  )
}
