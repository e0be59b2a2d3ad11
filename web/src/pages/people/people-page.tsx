import { PageTitle } from '../../parts/page-title.tsx'

/** People and programs, their roles and their tokens. */
export function PeoplePage() {
  return <PageTitle title="People" />
}
