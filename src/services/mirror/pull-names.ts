import { problemOfName } from '../../ground/domain/index.ts'
import { fail, ok, type Result } from '../../ground/lang/index.ts'

/** What a client asks of a web server or bucket behind the firewall. */
export interface PullAddress {
  /** The model: the source's name and what lies there. */
  readonly id: string
  /** The file within the model. */
  readonly file: string
}

/**
 * Which model a path belongs to. Where a source says that its models are folders of a depth, all below such a folder is one model,
 * searched and judged together; otherwise a file is a model of its own.
 * @param depth folders, 0 for none
 */
export function pullAddressOf(name: string, path: string, depth: number): Result<PullAddress> {
  const problem = problemOfName(path)
  if (problem !== undefined) return fail(problem)
  const parts = path.split('/')
  const isInFolder = depth > 0 && parts.length > depth
  return ok({
    id: [name, ...(isInFolder ? parts.slice(0, depth) : parts)].join('/') + (isInFolder ? '/' : ''),
    file: isInFolder ? parts.slice(depth).join('/') : (parts.at(-1) ?? path),
  })
}

/** One path as it stands in a URL, undone part by part. */
export function decodePath(text: string): Result<string> {
  try {
    // A slash that was escaped would be part of a name, and no name holds one.
    if (/%2f|%5c/i.test(text)) return fail('the path holds an escaped slash')
    return ok(text.split('/').map(decodeURIComponent).join('/'))
  } catch {
    return fail('the path holds an escape that is none')
  }
}
