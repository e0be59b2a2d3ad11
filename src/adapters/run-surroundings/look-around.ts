import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { hostname, release, userInfo } from 'node:os'
import { basename, delimiter, isAbsolute, join, relative, resolve } from 'node:path'
import { digestOfBytes } from '../../ground/domain/index.ts'
import type { LookAround, RunSurroundings } from '../../services/training/index.ts'
import type { RunCoverage } from '../../trust/evidence/index.ts'
import { readGitState } from './git-state.ts'
import { listPackages } from './list-packages.ts'

/** Files that say which packages a project has, or wants. */
const LOCKS =
  /^(?:requirements[\w.-]*\.(?:txt|in)|constraints[\w.-]*\.txt|poetry\.lock|Pipfile\.lock|uv\.lock|pdm\.lock|pylock(?:\.[\w-]+)?\.toml|pyproject\.toml|conda-lock\.ya?ml|environment\.ya?ml|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|Cargo\.lock|go\.sum|renv\.lock)$/
const MAX_LOCKS = 50
/** Bytes of one such file. */
const MAX_LOCK_BYTES = 32 * 2 ** 20
/** Milliseconds for a program to say its version. */
const VERSION_TIMEOUT_MS = 10_000

/** What surrounds a command: code, locks, installed packages, container, versions. Nothing of it is taken on trust later: it is recorded. */
export const lookAround: LookAround = async ({ folder, command, environment }) => {
  const git = await readGitState(folder, environment)
  const program = await findProgram(command[0] ?? '', folder, environment)
  const packages = await listPackages(program, environment)
  const container = await readContainer(environment)
  const coverage: RunCoverage[] = [
    git === undefined
      ? { what: 'code', status: 'none', reason: `${folder} is in no git repository with a commit` }
      : { what: 'code', status: 'full' },
    packages === undefined
      ? {
          what: 'packages',
          status: 'none',
          reason: 'the command is no Python, so installed packages are not listed',
        }
      : { what: 'packages', status: 'full' },
  ]
  return {
    host: hostname(),
    user: await pseudonym(),
    ...(git === undefined ? {} : { code: withoutRoot(git) }),
    locks: await readLocks([...new Set([folder, git?.root ?? folder])], folder),
    ...(packages === undefined ? {} : { packages }),
    ...(container === undefined ? {} : { container }),
    versions: await readVersions(program),
    coverage,
  }
}

function withoutRoot({ commit, changes, remote }: NonNullable<Awaited<ReturnType<typeof readGitState>>>) {
  return {
    commit,
    ...(changes === undefined ? {} : { changes }),
    ...(remote === undefined ? {} : { remote }),
  }
}

/** The same person on the same machine, without a name: names of people never stand in a statement. */
async function pseudonym(): Promise<string> {
  const { uid, username } = userInfo()
  const machine = await readFile('/etc/machine-id', 'utf8').catch(() => hostname()) // Containers have none.
  return `local:${createHash('sha256').update(`${machine.trim()}\0${uid}\0${username}`).digest('hex').slice(0, 16)}`
}

async function readLocks(folders: readonly string[], from: string): Promise<RunSurroundings['locks']> {
  const locks: { path: string; digest: ReturnType<typeof digestOfBytes> }[] = []
  for (const folder of folders)
    for (const name of (await readdir(folder)).filter((one) => LOCKS.test(one)).sort()) {
      const path = join(folder, name)
      const info = await stat(path)
      if (!info.isFile() || info.size > MAX_LOCK_BYTES || locks.length >= MAX_LOCKS) continue
      locks.push({ path: relative(from, path), digest: digestOfBytes(await readFile(path)) })
    }
  return locks
}

/** The file that the shell would start, without links; undefined when there is none. */
async function findProgram(
  name: string,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const places =
    name.includes('/') || isAbsolute(name)
      ? [resolve(folder, name)]
      : (environment.PATH ?? '').split(delimiter).map((place) => join(resolve(folder, place), name))
  for (const place of places) {
    const info = await stat(place).catch(() => undefined) // Not here; the next place of the path.
    if (info?.isFile() === true) return place
  }
  return undefined
}

async function readVersions(program: string | undefined): Promise<Readonly<Record<string, string>>> {
  const system = /^PRETTY_NAME="?([^"\n]{1,200})/m.exec(
    await readFile('/etc/os-release', 'utf8').catch(() => ''), // Not every system has one.
  )?.[1]
  const driver = await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => '') // No NVIDIA driver.
  const isTold =
    program !== undefined && /^(?:python|node|julia|Rscript|ruby|perl)[0-9.]*$/.test(basename(program))
  const told = isTold ? await versionOf(program) : undefined
  return {
    kernel: `Linux ${release()}`,
    ...(system === undefined ? {} : { system }),
    ...(driver === '' ? {} : { 'nvidia-driver': driver.split('\n')[0]?.trim().slice(0, 300) ?? '' }),
    ...(program === undefined ? {} : { program: await realpath(program) }),
    ...(told === undefined ? {} : { [basename(program ?? '').replace(/[0-9.]+$/, '')]: told }),
  }
}

function versionOf(program: string): Promise<string | undefined> {
  return new Promise((done) => {
    execFile(program, ['--version'], { timeout: VERSION_TIMEOUT_MS, maxBuffer: 65_536 }, (error, out, err) =>
      done(error === null ? `${out}${err}`.split('\n')[0]?.trim().slice(0, 200) : undefined),
    )
  })
}

/** What a container knows of itself. Docker does not tell the image inside: `SALLYPORT_IMAGE=name@sha256:…` does. */
async function readContainer(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RunSurroundings['container']> {
  const podman = await readFile('/run/.containerenv', 'utf8').catch(() => '') // Not Podman.
  const word = (name: string) => new RegExp(`^${name}="?([^"\\n]{1,400})`, 'm').exec(podman)?.[1]
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '') // No container can be told.
  const id = /(?:containers|docker|cri-containerd|sandboxes)[/-]([0-9a-f]{64})\b/.exec(mounts)?.[1]
  const named = environment.SALLYPORT_IMAGE
  const image = named?.split('@')[0] ?? word('image')
  const digest = named?.includes('@') === true ? named.split('@')[1] : word('imageid')
  if (image === undefined && digest === undefined && id === undefined) return undefined
  return {
    ...(image === undefined ? {} : { image }),
    ...(digest === undefined ? {} : { digest }),
    ...(id === undefined ? {} : { id }),
  }
}
