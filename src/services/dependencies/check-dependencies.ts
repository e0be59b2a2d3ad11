import { assessDependencies, type DependencyReport, type GivenVex } from '../../assessors/dependency/index.ts'
import { readOpenVex } from '../../formats/vex/index.ts'
import { parseStrictJson } from '../../ground/crypto/index.ts'
import type { Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { OpenDependencies, VulnDbStatus, VulnDbStore } from './ports.ts'
import { readLists } from './read-lists.ts'

/** What the check of packages stands on. */
export interface DependencyDeps {
  readonly open: OpenDependencies
  readonly database: Pick<VulnDbStore, 'open'>
  readonly now: () => Date
  readonly version: string
}

/** What to look at, and against what. */
export interface CheckRequest {
  readonly path: string
  readonly vex: readonly { readonly file: string; readonly bytes: Uint8Array }[]
  /** What the packages belong to, for VEX about a product. */
  readonly subject?: Digest
  /** Names that resemble others, and are the ones that are meant. */
  readonly meant?: readonly string[]
  /** Look only at how packages are asked for. */
  readonly withoutDatabase?: boolean
}

/** A check, with the database that it was held against. */
export interface CheckOutcome extends DependencyReport {
  readonly database?: VulnDbStatus
  /** Lists that were read, with their formats. */
  readonly lists: readonly { readonly path: string; readonly format: string; readonly components: number }[]
}

/** Looks at the packages of a folder or a file. @throws SallyportError `BAD_INPUT`, `TOO_LARGE`, `STORE_FAILED` */
export async function checkDependencies(deps: DependencyDeps, request: CheckRequest): Promise<CheckOutcome> {
  const startedAt = deps.now().toISOString()
  const vex = request.vex.map(readVex)
  const lists = await readLists(deps.open, request.path)
  const database = request.withoutDatabase === true ? undefined : deps.database.open()
  try {
    const report = assessDependencies({
      lists,
      vex,
      startedAt,
      database: request.withoutDatabase === true ? 'skip' : database,
      version: deps.version,
      finishedAt: () => deps.now().toISOString(),
      ...(request.meant === undefined ? {} : { meant: request.meant }),
      ...(request.subject === undefined ? {} : { subject: request.subject }),
    })
    return {
      ...report,
      lists: lists.map(({ path, format, components }) => ({ path, format, components: components.length })),
      ...(database === undefined ? {} : { database: database.status() }),
    }
  } finally {
    database?.close()
  }
}

/** @throws SallyportError `BAD_INPUT` for what is no OpenVEX, or holds a statement that is not understood: half a word is none */
function readVex({ file, bytes }: CheckRequest['vex'][number]): GivenVex {
  const document = readOpenVex(parseStrictJson(bytes, file))
  if (document === undefined)
    throw new SallyportError(
      'BAD_INPUT',
      `${file} is no OpenVEX document: it needs @context, author, timestamp and statements`,
    )
  const [problem] = document.problems
  if (problem !== undefined) throw new SallyportError('BAD_INPUT', `${file}: ${problem}`)
  return { file, document }
}
