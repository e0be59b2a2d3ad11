import { type Component, normalPypiName } from '../../ground/domain/index.ts'

/** Under which name an advisory speaks of a component. */
export interface AdvisoryName {
  /** As OSV writes it; for distributions without what follows the release: `Ubuntu:22.04` also means `Ubuntu:22.04:LTS`. */
  readonly ecosystem: string
  readonly name: string
  readonly version?: string
  /** Why the match is less than certain. */
  readonly caveat?: string
}

const ECOSYSTEMS: Readonly<Record<string, string>> = {
  pypi: 'PyPI',
  npm: 'npm',
  cargo: 'crates.io',
  golang: 'Go',
  gem: 'RubyGems',
  maven: 'Maven',
  nuget: 'NuGet',
  composer: 'Packagist',
  hex: 'Hex',
  pub: 'Pub',
}

/** Distributions of `os-release` and of package URLs, by the name that OSV gives them, and how it writes a release. */
const DISTROS: Readonly<Record<string, readonly [string, (release: string) => string]>> = {
  debian: ['Debian', (release) => release.split('.', 1)[0] ?? release],
  ubuntu: ['Ubuntu', (release) => release],
  alpine: ['Alpine', (release) => `v${release.split('.').slice(0, 2).join('.')}`],
  almalinux: ['AlmaLinux', (release) => release.split('.', 1)[0] ?? release],
  rocky: ['Rocky Linux', (release) => release.split('.', 1)[0] ?? release],
  'rocky-linux': ['Rocky Linux', (release) => release.split('.', 1)[0] ?? release],
}
/** They roll: one state, no release. */
const ROLLING: Readonly<Record<string, string>> = { wolfi: 'Wolfi', chainguard: 'Chainguard' }

/** conda's names for packages that PyPI names otherwise; the rest share one name. */
const CONDA_ALIASES: Readonly<Record<string, string>> = {
  pytorch: 'torch',
  'pytorch-cpu': 'torch',
  'pytorch-gpu': 'torch',
  'tensorflow-base': 'tensorflow',
  'matplotlib-base': 'matplotlib',
  msgpack: 'msgpack',
  'msgpack-python': 'msgpack',
  'protobuf-python': 'protobuf',
  'faiss-cpu': 'faiss-cpu',
  opencv: 'opencv-python',
  'py-opencv': 'opencv-python',
  'py-xgboost': 'xgboost',
  huggingface_hub: 'huggingface-hub',
}

/** The name under which to look for advisories; undefined where no database speaks of such components. */
export function advisoryNameOf(component: Component): AdvisoryName | undefined {
  const { type, version } = component
  const versioned = version === undefined ? {} : { version }
  if (type === 'conda') {
    const name = normalPypiName(CONDA_ALIASES[component.name] ?? component.name)
    return { ecosystem: 'PyPI', name, ...versioned, caveat: 'matched as the PyPI package of that name' }
  }
  if (component.distro !== undefined) return distroName(component)
  const ecosystem = ECOSYSTEMS[type]
  if (ecosystem === undefined) return undefined
  const name = type === 'maven' ? component.name.replace('/', ':') : component.name
  return { ecosystem, name: type === 'pypi' ? normalPypiName(name) : name, ...versioned }
}

function distroName(component: Component): AdvisoryName | undefined {
  const { id = '', release } = component.distro ?? {}
  const name = component.sourceName ?? component.name
  const version = component.sourceVersion ?? component.version
  const versioned = version === undefined ? {} : { version }
  const rolling = ROLLING[id]
  if (rolling !== undefined) return { ecosystem: rolling, name, ...versioned }
  const [ecosystem, write] = DISTROS[id] ?? []
  if (ecosystem === undefined || write === undefined || release === undefined) return undefined
  return { ecosystem: `${ecosystem}:${write(release)}`, name, ...versioned }
}

/** Whether a record of one ecosystem speaks of another: the same, or the same release with an edition behind it. */
export function isSameEcosystem(recorded: string, wanted: string): boolean {
  return recorded === wanted || recorded.startsWith(`${wanted}:`)
}
