import type { OpenFile, OpenRevision } from '../../services/firewall/index.ts'

/** What the hub's clients read of a repository (`ModelInfo`, `DatasetInfo` …); nothing that leads them elsewhere. */
export function infoOf(revision: OpenRevision): Readonly<Record<string, unknown>> {
  const { repo, commit, facts, files } = revision
  return {
    _id: revision.digest.slice('sha256:'.length, 'sha256:'.length + 24),
    id: repo.id,
    ...(repo.kind === 'model' ? { modelId: repo.id } : {}),
    sha: commit,
    private: facts.private ?? false,
    // A client that is told "gated" asks its user to sign something elsewhere; this server has done so.
    gated: false,
    disabled: false,
    tags: facts.tags ?? [],
    downloads: facts.downloads ?? 0,
    likes: 0,
    ...(facts.author === undefined ? {} : { author: facts.author }),
    ...(facts.createdAt === undefined ? {} : { createdAt: facts.createdAt }),
    ...(facts.lastModified === undefined ? {} : { lastModified: facts.lastModified }),
    ...(facts.pipelineTag === undefined ? {} : { pipeline_tag: facts.pipelineTag }),
    ...(facts.libraryName === undefined ? {} : { library_name: facts.libraryName }),
    ...(facts.license === undefined ? {} : { cardData: { license: facts.license } }),
    siblings: files.map(({ path }) => ({ rfilename: path })),
  }
}

/** Entries of a folder as `GET …/tree/{revision}` gives them; `undefined` when there is no such folder. */
export function treeOf(
  revision: OpenRevision,
  folder: string,
  recursive: boolean,
): readonly Readonly<Record<string, unknown>>[] | undefined {
  const prefix = folder === '' ? '' : `${folder}/`
  const inside = revision.files.filter(({ path }) => path.startsWith(prefix))
  if (inside.length === 0) return folder === '' ? [] : undefined
  const folders = new Set<string>()
  const files: OpenFile[] = []
  for (const file of inside) {
    const parts = file.path.slice(prefix.length).split('/')
    const depth = recursive ? parts.length - 1 : Math.min(1, parts.length - 1)
    for (let i = 1; i <= depth; i += 1) folders.add(`${prefix}${parts.slice(0, i).join('/')}`)
    if (recursive || parts.length === 1) files.push(file)
  }
  return [
    ...[...folders].map((path) => ({ type: 'directory', oid: revision.commit, size: 0, path })),
    ...files.map(entryOf),
  ]
}

/** A file as the tree and `paths-info` show it: without `xetHash`, which would lead a client round this server. */
export function entryOf({ path, size, gitOid, lfsSha256 }: OpenFile): Readonly<Record<string, unknown>> {
  const entry = { type: 'file', oid: gitOid, size, path }
  // Bytes of an LFS pointer file: "version …", "oid sha256:…", "size …" (git-lfs, docs/spec.md).
  const pointerSize = 124 + String(size).length
  return lfsSha256 === undefined ? entry : { ...entry, lfs: { oid: lfsSha256, size, pointerSize } }
}

/** The ETag that names a file in a client's cache: SHA-256 for LFS, else the git object, as the hub does it. */
export function etagOf({ lfsSha256, gitOid }: OpenFile): string {
  return `"${lfsSha256 ?? gitOid ?? ''}"`
}
