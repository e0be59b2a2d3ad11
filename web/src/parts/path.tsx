import { Link } from '@tanstack/react-router'
import { Icon } from './icon.tsx'

interface PathProps {
  readonly to: '/' | '/review' | '/runs' | '/hub'
  readonly above: string
  readonly here: string
}

/** Where a page stands below its list. */
export function Path({ to, above, here }: PathProps) {
  return (
    <nav aria-label="Where you are" className="mb-1 flex items-center gap-1 text-xs text-quiet">
      <Link to={to} className="hover:text-ink hover:underline">
        {above}
      </Link>
      <Icon name="right" size={10} />
      <span aria-current="page" className="truncate">
        {here}
      </span>
    </nav>
  )
}
