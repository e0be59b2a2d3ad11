import type { AdvisoryLookup } from '../../assessors/dependency/index.ts'
import type { OsvRecord } from '../../formats/osv/index.ts'

/** What stands in the database of advisories, and how old it is. */
export interface VulnDbStatus {
  /** Absolute path of its file. */
  readonly file: string
  readonly sizeBytes: number
  /** When it was made here. */
  readonly updatedAt: string
  /** When the newest of its records was modified: how old the knowledge is. */
  readonly newestRecord: string
  readonly records: number
  /** Records that were refused, because they are no records of OSV. */
  readonly refused: number
  readonly ecosystems: readonly { readonly name: string; readonly records: number }[]
  readonly sources: readonly string[]
  /** CVE ids with an EPSS score, and those known to be exploited; absent when no such file was given. */
  readonly epss?: number
  readonly kev?: number
}

/** An open database, for reading; must be closed. */
export interface VulnDb extends AdvisoryLookup {
  status(): VulnDbStatus
  close(): void
}

/** What is told when a database is finished. */
export interface VulnDbMeta {
  readonly updatedAt: string
  readonly refused: number
  readonly sources: readonly string[]
}

/** A database that is being written beside the old one. Nobody sees it until it is committed. */
export interface VulnDbWriter {
  add(record: OsvRecord): void
  /** Scores by CVE id; those that were there are replaced. */
  putEpss(scores: ReadonlyMap<string, number>): void
  putKev(ids: ReadonlySet<string>): void
  /** Takes the place of the old one, whole or not at all; durable when it returns. */
  commit(meta: VulnDbMeta): VulnDbStatus
  /** Leaves the old one as it was. */
  abort(): void
}

/** Where the database of advisories lives. */
export interface VulnDbStore {
  /** Undefined when there is none yet. @throws SallyportError `STORE_FAILED` when it is broken, or of a later version */
  open(): VulnDb | undefined
  /** @param keep begin with what is there */
  begin(keep: boolean): VulnDbWriter
}

/** A dump of OSV: a folder, a file, an archive, or an address that a person named. */
export interface OsvDump {
  readonly label: string
  /** Files of records, one after the other. @throws SallyportError `BAD_INPUT`, `TOO_LARGE`, `PEER_FAILED` */
  files(): AsyncIterable<{ readonly name: string; readonly bytes: Uint8Array }>
}

/** A file that may list packages. */
export interface FoundFile {
  /** With slashes, from the folder that was looked through. */
  readonly path: string
  readonly sizeBytes: number
}

/** A folder in which lists of packages are looked for. Nothing outside of it is read. */
export interface DependencyFolder {
  /** Files for which `wanted` holds; links are not followed. @throws SallyportError `BAD_INPUT`, `TOO_LARGE` */
  find(wanted: (path: string) => boolean): Promise<readonly FoundFile[]>
  /** The text of a file inside, undefined when there is none. @throws SallyportError `TOO_LARGE`, `BAD_INPUT` for what is no UTF-8 or leads outside */
  read(path: string, maxBytes: number): Promise<string | undefined>
}

/** Opens the folder of a path; for a file, its folder and the one name in it. */
export type OpenDependencies = (
  path: string,
) => Promise<{ readonly folder: DependencyFolder; readonly only?: string }>
