import { readGguf } from '../../formats/gguf/index.ts'
import { readModelCard } from '../../formats/model-card/index.ts'
import { type Digest, hubModelId, type ManifestEntry } from '../../ground/domain/index.ts'
import { utf8Text } from '../../ground/lang/index.ts'
import type { DerivationRelation } from '../../trust/evidence/index.ts'
import type { LineageDeps } from './ports.ts'

/** Bytes of a README or a JSON file that hints are read from. */
const MAX_PAPER = 512 * 1024
/** Bases that one model's papers may name. */
const MAX_BASES = 16
/** GGUF files of one model whose headers are read. */
const MAX_GGUF = 4

/** A base that a model's own files name. Nobody proved it; it may be wrong or a lie. */
export interface ClaimedBase {
  readonly id: Digest
  /** As the file writes it. */
  readonly name: string
  readonly relation: DerivationRelation
  /** The file that says so. */
  readonly file: string
}

/** Bases that README.md, adapter_config.json and GGUF headers name: hints for a person, never evidence. */
export async function claimedBases(deps: LineageDeps, model: Digest): Promise<readonly ClaimedBase[]> {
  const found = await deps.files.manifest(model)
  if (found === undefined) return []
  const bases: ClaimedBase[] = []
  for (const entry of found.manifest.entries
    .filter(({ name }) => /(^|\/)README\.md$/i.test(name))
    .slice(0, 1))
    bases.push(...(await ofCard(deps, entry)))
  for (const entry of found.manifest.entries
    .filter(({ name }) => /(^|\/)adapter_config\.json$/.test(name))
    .slice(0, 1))
    bases.push(...(await ofAdapter(deps, entry)))
  for (const entry of found.manifest.entries.filter(({ name }) => name.endsWith('.gguf')).slice(0, MAX_GGUF))
    bases.push(...(await ofGguf(deps, entry)))
  const unique = new Map(bases.map((base) => [base.name, base]))
  return [...unique.values()].slice(0, MAX_BASES)
}

const BY_WORD: Readonly<Record<string, DerivationRelation>> = {
  adapter: 'adapter',
  merge: 'merge',
  quantized: 'quantisation',
  finetune: 'fine-tune',
}

async function ofCard(deps: LineageDeps, entry: ManifestEntry): Promise<readonly ClaimedBase[]> {
  const text = await paper(deps, entry)
  if (text === undefined) return []
  const { baseModels, baseModelRelation = '' } = readModelCard(text).card
  const relation = BY_WORD[baseModelRelation] ?? (baseModels.length > 1 ? 'merge' : 'derived-from')
  return baseModels.flatMap((name) => baseOf(name, relation, entry.name))
}

async function ofAdapter(deps: LineageDeps, entry: ManifestEntry): Promise<readonly ClaimedBase[]> {
  const text = await paper(deps, entry)
  const name = text === undefined ? undefined : memberOf(text, 'base_model_name_or_path')
  return name === undefined ? [] : baseOf(name, 'adapter', entry.name)
}

function memberOf(text: string, name: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const member =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
    return typeof member === 'string' ? member : undefined
  } catch {
    return undefined // A broken file claims nothing; the scan itself says that it is broken.
  }
}

async function ofGguf(deps: LineageDeps, entry: ManifestEntry): Promise<readonly ClaimedBase[]> {
  const source = await deps.files.open(entry.sha256)
  try {
    const { metadata } = await readGguf(source)
    const bases: ClaimedBase[] = []
    for (let i = 0; i < MAX_BASES; i += 1) {
      const url = metadata.get(`general.base_model.${i}.repo_url`)
      const name = metadata.get(`general.base_model.${i}.name`)
      const repo =
        typeof url === 'string' ? /^https:\/\/huggingface\.co\/([\w.-]+\/[\w.-]+)$/.exec(url)?.[1] : undefined
      const said = repo ?? (typeof name === 'string' ? name : undefined)
      if (said !== undefined) bases.push(...baseOf(said, 'quantisation', entry.name))
    }
    return bases
  } finally {
    await source.close()
  }
}

function baseOf(name: string, relation: DerivationRelation, file: string): readonly ClaimedBase[] {
  const clean = name.trim().slice(0, 200).toWellFormed()
  return clean === '' ? [] : [{ id: hubModelId(clean), name: clean, relation, file }]
}

async function paper(deps: LineageDeps, { sha256, size }: ManifestEntry): Promise<string | undefined> {
  if (size > MAX_PAPER) return undefined
  return utf8Text(await deps.files.read(sha256, MAX_PAPER))
}
