import { relative } from 'node:path/posix'
import type { Artifact, ArtifactLocation, Location, LogicalLocation } from 'sarif'
import type { Finding } from '../../ground/domain/index.ts'
import type { ScannedFile, ScanReport } from '../scan/index.ts'
import { placeOf } from './place-of.ts'
import { printable } from './printable.ts'

/** The name that GitHub and most readers give the folder of the source. */
export const SOURCE_ROOT = '%SRCROOT%'

/** Where a file is: relative to the folder of the scan, or absolute when it lies outside. */
export function artifactLocationOf(place: string, folder: string): ArtifactLocation {
  const path = place.startsWith('/') ? relative(folder, place) : place
  if (path.startsWith('../') && place.startsWith('/')) return { uri: `file://${encodePath(place)}` }
  return { uri: encodePath(path), uriBaseId: SOURCE_ROOT }
}

/** A path as a URI: every part encoded, half characters replaced, so that any name of a file makes a valid one. */
function encodePath(path: string): string {
  return path
    .toWellFormed()
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/')
}

/** The files that results and notifications speak of, in order of first mention. */
export class ArtifactList {
  readonly artifacts: Artifact[] = []
  readonly #indexes = new Map<string, number>()
  readonly #files: ReadonlyMap<string, ScannedFile>
  readonly #report: ScanReport
  readonly #folder: string

  constructor(report: ScanReport, folder: string) {
    this.#report = report
    this.#folder = folder
    this.#files = new Map(report.files.map((file) => [file.path, file]))
  }

  /** Where a file of the report is, with its index in the list. */
  locate(path: string): ArtifactLocation {
    const location = artifactLocationOf(placeOf(this.#report, path), this.#folder)
    const known = this.#indexes.get(path)
    if (known !== undefined) return { ...location, index: known }
    const index = this.artifacts.length
    const file = this.#files.get(path)
    this.#indexes.set(path, index)
    this.artifacts.push({
      location,
      ...(file === undefined ? {} : { length: file.sizeBytes }),
      ...(file?.sha256 === undefined ? {} : { hashes: { 'sha-256': file.sha256 } }),
      properties: {
        verdict: file?.verdict ?? 'undecided',
        format: file?.coverage[0]?.format ?? 'unknown',
      },
    })
    return { ...location, index }
  }
}

/**
 * Where a finding is. An offset counts from the start of the innermost member, so it is a region of the file only when there
 * is no member; else it stands with the member. GitHub wants a line, which binary files do not have: it is given the first.
 */
export function locationOf(finding: Finding, artifacts: ArtifactList): Location {
  const { path, members = [], offset } = finding.location
  const isWhole = members.length === 0
  return {
    physicalLocation: {
      artifactLocation: artifacts.locate(path),
      region: { startLine: 1, ...(offset === undefined || !isWhole ? {} : { byteOffset: offset }) },
    },
    ...(isWhole ? {} : { logicalLocations: [memberOf(members)] }),
    ...(isWhole || offset === undefined ? {} : { properties: { memberByteOffset: offset } }),
  }
}

function memberOf(members: readonly string[]): LogicalLocation {
  const names = members.map(printable)
  return { name: names.at(-1) ?? '', fullyQualifiedName: names.join(' › '), kind: 'member' }
}
