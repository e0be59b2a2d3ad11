import { SallyportError } from '../../ground/lang/index.ts'
import { createAnswers } from './answer.ts'
import type { FirewallDeps } from './firewall-deps.ts'
import type { Firewall } from './firewall-port.ts'
import { createJobs } from './jobs.ts'

/** Milliseconds for a list of names. */
const REFS_MS = 20_000

/** The firewall before one hub. */
export function createFirewall(deps: FirewallDeps): Firewall {
  const jobs = createJobs(deps)
  const answers = createAnswers(deps, jobs)
  return {
    mode: deps.mode,
    ask: answers.ask,
    refs: (repo) => deps.upstream.refs(repo, AbortSignal.timeout(REFS_MS)),
    release: (revision, file, { principalId }) => {
      const { repo, commit, digest } = revision
      if (!revision.files.includes(file))
        throw new SallyportError('FORBIDDEN', `"${file.path}" is no file of the revision that was opened`)
      const at = deps.now().toISOString()
      deps.book.noteReceived({ principalId, repo, commit, digest, path: file.path, at })
      return deps.blobs.pathOf(file.sha256)
    },
    held: (limit) => deps.book.revisions(limit),
    asked: (which, limit) => deps.book.questions(which, limit),
    received: (digest) => deps.book.received(digest),
    resume: () => jobs.resume(),
    close: () => jobs.close(),
  }
}
