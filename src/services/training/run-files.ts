import { type ManifestEntry, makeManifest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { RunFiles } from '../../trust/evidence/index.ts'

/** Files as a record names them. @throws SallyportError `BAD_INPUT` for an empty folder */
export function describeFiles(path: string, entries: readonly ManifestEntry[]): RunFiles {
  const manifest = makeManifest(entries)
  if (!manifest.ok) throw new SallyportError('BAD_INPUT', `${path}: ${manifest.error}`)
  const { digest, omsRoot } = manifest.value
  const sizeBytes = entries.reduce((sum, { size }) => sum + size, 0)
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? path
  return {
    name: name === '' || name === '.' ? path : name,
    path,
    digest,
    omsRoot,
    files: entries.length,
    sizeBytes,
  }
}

/** A path as the run's command would see it. */
export function resolveIn(folder: string, path: string): string {
  return path.startsWith('/') ? path : `${folder}/${path}`
}
