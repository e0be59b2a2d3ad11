import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { digestOfBytes } from '../../ground/domain/index.ts'
import { compareUtf8, utf8 } from '../../ground/lang/index.ts'
import type { RunSurroundings } from '../../services/training/index.ts'

/** Packages listed of one environment; Anaconda's full set has 600. */
const MAX_PACKAGES = 10_000

/**
 * What is installed where a Python looks, `name==version`, by the folders that installers leave behind (PEP 376 and 627).
 * Nothing is run for it. Undefined for a command that is no Python.
 */
export async function listPackages(
  program: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RunSurroundings['packages'] | undefined> {
  if (program === undefined || !/^python[0-9.]*$/.test(basename(program))) return undefined
  const names = new Set<string>()
  for (const folder of await foldersOf(program, environment))
    for (const entry of await readdir(folder)) {
      const name = nameOfFolder(entry)
      if (name !== undefined && names.size < MAX_PACKAGES) names.add(name)
    }
  const sorted = [...names].sort(compareUtf8)
  return { count: sorted.length, digest: digestOfBytes(utf8(sorted.join('\n'))), names: sorted }
}

/** Where this Python looks for packages: its own prefix, that of the environment that is active, and the system's. */
async function foldersOf(
  program: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const prefixes = new Set([dirname(dirname(program)), dirname(dirname(await realpath(program)))])
  for (const prefix of [environment.VIRTUAL_ENV, environment.CONDA_PREFIX])
    if (prefix !== undefined && prefix !== '') prefixes.add(prefix)
  if (prefixes.has('/usr')) prefixes.add('/usr/local')
  return (await Promise.all([...prefixes].map(packageFolders))).flat()
}

/** `numpy-2.1.0.dist-info` is `numpy==2.1.0`; names are written as PEP 503 has them. */
function nameOfFolder(entry: string): string | undefined {
  const [, name, version] =
    /^([A-Za-z0-9._]{1,150})-([^-]{1,100})(?:-[^/]{1,60})?\.(?:dist-info|egg-info)$/.exec(entry) ?? []
  if (name === undefined || version === undefined) return undefined
  return `${name.toLowerCase().replaceAll(/[-_.]+/g, '-')}==${version}`
}

async function packageFolders(prefix: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const library of ['lib', 'lib64']) {
    const names = await readdir(join(prefix, library)).catch(() => []) // This prefix has no such library.
    for (const python of names.filter((name) => /^python3(\.[0-9]+)?$/.test(name)))
      for (const kind of ['site-packages', 'dist-packages']) {
        const folder = join(prefix, library, python, kind)
        const info = await stat(folder).catch(() => undefined) // Debian has the one, everybody else the other.
        if (info?.isDirectory() === true) found.push(folder)
      }
  }
  return [...new Set(await Promise.all(found.map((folder) => realpath(folder))))]
}
