import { type Predicates, predicateOf, type Verified } from '../../trust/evidence/index.ts'

/** Where a model came from, as whoever stood at the door saw it. */
export interface Origin {
  /** Of a hub the commit, else what the source says of the version of its files. */
  readonly version: string
  /** For a person: the repository, or the path. */
  readonly name: string
  readonly license?: string
  /** Package URL, where there is a type for such a source. */
  readonly purl?: string
  readonly location: string
}

/** Of the newest statement about a model's source; undefined when nobody saw it come in from anywhere. */
export function originOf(statements: readonly Verified[]): Origin | undefined {
  return statements.flatMap((verified) => originIn(verified) ?? []).at(-1)
}

function originIn(verified: Verified): Origin | undefined {
  const hub = predicateOf(verified, 'hub-source')
  if (hub !== undefined) return hubOrigin(hub)
  const pull = predicateOf(verified, 'pull-source')
  return pull === undefined ? undefined : pullOrigin(pull)
}

function hubOrigin({ hub, repoKind, repo, commit, license }: Predicates['hub-source']): Origin {
  const kind = repoKind === 'model' ? '' : `${repoKind}s/`
  return {
    version: commit,
    name: `${kind}${repo}`,
    location: `https://${hub}/${kind}${encodeURI(repo)}/tree/${commit}`,
    ...(license === undefined ? {} : { license }),
    ...(repoKind === 'model' ? { purl: huggingFacePurl(hub, repo, commit) } : {}),
  }
}

/** The version is lower case by the type's definition (package-url/purl-spec, types-doc/huggingface-definition.md). */
function huggingFacePurl(hub: string, repo: string, commit: string): string {
  const path = repo.split('/').map(encodeURIComponent).join('/')
  const where = hub === 'huggingface.co' ? '' : `?repository_url=${encodeURIComponent(`https://${hub}`)}`
  return `pkg:huggingface/${path}@${commit.toLowerCase()}${where}`
}

function pullOrigin({ door, origin, name, version, versionId, license }: Predicates['pull-source']): Origin {
  const more = license === undefined ? {} : { license }
  const at = `${origin}/${name}`
  const base = { name: at, ...more }
  if (door === 's3') {
    const query = versionId === undefined ? '' : `?versionId=${encodeURIComponent(versionId)}`
    return { ...base, version, location: `${encodeURI(at)}${query}` }
  }
  if (door === 'https') return { ...base, version, location: `https://${encodeURI(at)}` }
  const digest = `sha256:${version}`
  return { ...base, version: digest, location: `oci://${encodeURI(at)}@${digest}`, purl: ociPurl(at, digest) }
}

/** The name is the last part of the repository in lower case, the version its digest (purl-spec, types-doc/oci-definition.md). */
function ociPurl(repository: string, digest: string): string {
  const last = repository.slice(repository.lastIndexOf('/') + 1).toLowerCase()
  const where = encodeURIComponent(repository.toLowerCase())
  return `pkg:oci/${encodeURIComponent(last)}@${encodeURIComponent(digest)}?repository_url=${where}`
}
