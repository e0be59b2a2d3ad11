import { readFileSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hashFile } from './adapters/files/index.ts'
import { fileIntake } from './adapters/intake-files/index.ts'
import { isDependencyFile, readList } from './assessors/dependency/index.ts'
import type { BomDoor, BomFormat, PathBomDoor, WrittenBom } from './faces/cli/index.ts'
import { writeModelCard } from './formats/model-card/index.ts'
import { type Signer, verifierOfPem } from './ground/crypto/index.ts'
import {
  type Assessment,
  type Digest,
  hexOfDigest,
  type ManifestEntry,
  makeManifest,
  STATEMENT_TYPE,
} from './ground/domain/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import { type LineageParts, lineageDeps } from './home-lineage.ts'
import {
  type BomFacts,
  type BomSubject,
  type CollectDeps,
  collectFacts,
  cycloneDxBom,
  spdxBom,
} from './services/bom/index.ts'
import { composeCard } from './services/card/index.ts'
import { claimedBases, walkLineage } from './services/lineage/index.ts'
import type { ScanReport } from './services/scan/index.ts'
import { PREDICATE_TYPES, type Predicates, predicateOf, sealStatement } from './trust/evidence/index.ts'

// What writes bills of materials and model cards. main.ts and home.ts load it late.

const root = fileURLToPath(new URL('..', import.meta.url))
/** Steps of lineage that a bill tells. */
const DEPTH = 16

const deps: CollectDeps = {
  version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
  now: () => new Date(),
  isList: isDependencyFile,
  readList: (path, text) => readList(path, text),
}

function written(facts: BomFacts, format: BomFormat): WrittenBom {
  const { name, digest, omsRoot } = facts
  return { name, digest, omsRoot, bom: format === 'spdx' ? spdxBom(facts) : cycloneDxBom(facts) }
}

/** Bills and cards of the models of an open home. */
export function openBoms(parts: LineageParts): BomDoor {
  const lineage = lineageDeps(parts)
  const factsOf = async (model: Digest) => {
    const found = await lineage.files.manifest(model)
    if (found === undefined)
      throw new SallyportError('NOT_FOUND', `no model ${model} here; \`sallyport models\` lists them`)
    return collectFacts(deps, {
      ...found,
      read: ({ sha256 }, maxBytes) => lineage.files.read(sha256, maxBytes),
      statements: (await parts.registry.desk.statements(model)).map(({ verified }) => verified),
      lineage: walkLineage(lineage, model, { way: 'up', depth: DEPTH }),
      claims: await claimedBases(lineage, model),
    })
  }
  return {
    bom: async (model, format) => written(await factsOf(model), format),
    card: async (model) => {
      const decisions = (await parts.registry.desk.statements(model)).flatMap(
        ({ verified }) => predicateOf(verified, 'decision') ?? [],
      )
      return writeModelCard(composeCard(await factsOf(model), decisions.at(-1)))
    },
    record: async ({ digest, bom }, format) => {
      const subjects = [await parts.registry.desk.subject(digest)]
      // Our own emitter made it, and its schema is checked once more when it is sealed.
      return format === 'spdx'
        ? parts.registry.desk.attest({
            name: 'spdx',
            subjects,
            predicate: bom as unknown as Predicates['spdx'],
          })
        : parts.registry.desk.attest({
            name: 'cyclonedx',
            subjects,
            predicate: bom as unknown as Predicates['cyclonedx'],
          })
    },
  }
}

/** Bills and cards of folders and files, which need no home. */
export function pathBoms(env: Readonly<Record<string, string | undefined>>): PathBomDoor {
  return {
    bom: async (path, report, format) => written(await factsOfPath(path, report), format),
    card: async (path, report) => writeModelCard(composeCard(await factsOfPath(path, report))),
    sign: async (bill, format, { place, passwordFile, say }) => {
      const signer = await signerAt(place, env, { passwordFile, say })
      const sealed = await sealStatement(
        {
          _type: STATEMENT_TYPE,
          subject: [
            {
              name: bill.name,
              digest: { sha256: hexOfDigest(bill.digest) },
              annotations: { omsRoot: bill.omsRoot, tenant: 'default' },
            },
          ],
          predicateType: PREDICATE_TYPES[format],
          predicate: bill.bom,
        },
        signer,
      )
      return `${Buffer.from(sealed).toString('utf8')}\n`
    },
  }
}

async function factsOfPath(path: string, report: ScanReport): Promise<BomFacts> {
  const listed = await fileIntake({ unpackWorkerUrl: new URL('./unpack-worker.ts', import.meta.url) }).list(
    path,
  )
  const places = new Map(listed.map((file) => [file.name, file.path]))
  const entries: ManifestEntry[] = []
  for (const { name, path: at, size } of listed) entries.push({ name, size, sha256: await hashFile(at) })
  const manifest = makeManifest(entries)
  if (!manifest.ok) throw new SallyportError('BAD_INPUT', `cannot write a bill of ${path}: ${manifest.error}`)
  const subject: BomSubject = {
    name: basename(resolve(path)),
    manifest: manifest.value,
    read: async ({ name, size }, maxBytes) => readSmall(places.get(name) ?? name, Math.min(size, maxBytes)),
    assessment: assessmentOf(report),
    statements: [],
    claims: [],
  }
  return collectFacts(deps, subject)
}

/** The first bytes of a file: it may grow while we read. */
async function readSmall(path: string, bytes: number): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const buffer = Buffer.alloc(bytes)
    const { bytesRead } = await file.read(buffer, 0, bytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function assessmentOf({ assessor, startedAt, finishedAt, verdict, files }: ScanReport): Assessment {
  return {
    ...{ assessor, startedAt, finishedAt, verdict },
    files: files.map(({ path, sizeBytes, verdict: one, coverage, findings }) => ({
      ...{ path, sizeBytes, verdict: one, coverage, findings },
    })),
  }
}

/** @throws SallyportError `NOT_SUPPORTED` for a key that is not P-256, `KEY_INVALID`, `PEER_FAILED` */
async function signerAt(
  place: string,
  env: Readonly<Record<string, string | undefined>>,
  { passwordFile, say }: { readonly passwordFile: string | undefined; readonly say: (line: string) => void },
): Promise<Signer> {
  const { openModelKey } = await import('./home-signing.ts')
  const secret = async () =>
    passwordFile === undefined ? undefined : (await readFile(passwordFile, 'utf8')).replace(/\r?\n$/, '')
  const key = await openModelKey(place, { env, secret, warn: say })
  if (key.curve !== 'P-256')
    throw new SallyportError(
      'NOT_SUPPORTED',
      `statements are signed with P-256 keys; ${key.label} is ${key.curve}`,
    )
  return {
    keyId: verifierOfPem(key.publicKeyPem).keyId,
    algorithm: 'P-256',
    publicKeyPem: key.publicKeyPem,
    sign: (bytes) => key.sign(bytes),
  }
}
