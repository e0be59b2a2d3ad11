import { readOnnx } from '../../../formats/onnx/index.ts'
import { attributeOf, localName, readXml, type XmlEvent } from '../../../formats/xml/index.ts'
import type { ByteSource } from '../../../ground/lang/index.ts'
import { pathEscape } from '../path-escape.ts'
import type { RepositoryFile } from '../subjects/repository-subject.ts'
import { folderOf } from './reached-code.ts'
import type { Repository } from './read-repository.ts'

/** A file that is nothing but the numbers of a model beside it. */
export interface RawTensors {
  readonly name: string
  readonly sizeBytes: number
  /** Bytes that were looked at: those that no tensor has. */
  readonly readBytes: number
}

/** Models of one repository whose data files are looked for. */
const MAX_MODELS = 100
/** Bytes between tensors, in all. Writers align them to 64 KiB at most, and fill with zeros. */
const MAX_GAP_BYTES = 16 * 1024 * 1024

interface Range {
  readonly start: number
  /** Undefined: to the end of the file. */
  readonly length: number | undefined
}

type Claims = Map<string, Range[]>

/**
 * Data files of ONNX (https://onnx.ai/onnx/repo-docs/ExternalData.html) and OpenVINO models in a repository of which every byte
 * is a tensor that the model beside them declares, or a zero between two. No loader takes such a file for anything else.
 * @throws SallyportError what reading throws
 */
export async function rawTensors(repository: Repository): Promise<readonly RawTensors[]> {
  const { files, withFile } = repository
  const claims: Claims = new Map()
  const models = files.filter(({ name }) => /\.onnx$/i.test(name)).slice(0, MAX_MODELS)
  if (files.length > models.length)
    for (const { name } of models) await withFile(name, (source) => claimOnnx(claims, folderOf(name), source))
  for (const { name } of files.filter((file) => /\.xml$/i.test(file.name)).slice(0, MAX_MODELS)) {
    const data = name.replace(/\.xml$/i, '.bin')
    if (files.some((file) => file.name === data))
      await withFile(name, (source) => claimOpenVino(claims, data, source))
  }
  const found: RawTensors[] = []
  for (const file of files) {
    const ranges = claims.get(file.name)
    if (ranges === undefined) continue
    const raw = await withFile(file.name, (source) => coveredBy(file, ranges, source))
    if (raw !== undefined) found.push(raw)
  }
  return found
}

async function claimOnnx(claims: Claims, folder: string, source: ByteSource): Promise<void> {
  const { externals } = await readOnnx(source)
  for (const { tensor, location, start, length } of externals) {
    // A compiled program of one device is no tensor.
    if (tensor === 'ep_cache_context' || location === '' || pathEscape(location) !== undefined) continue
    const name = `${folder}${location.replace(/^(?:\.\/)+/, '')}`
    claim(claims, name, start ?? '0', length)
  }
}

async function claimOpenVino(claims: Claims, data: string, source: ByteSource): Promise<void> {
  let isConstant = false
  const take = (event: XmlEvent): void => {
    if (event.kind !== 'open') return
    const name = localName(event.name)
    if (name === 'layer') isConstant = attributeOf(event.attributes, 'type') === 'Const'
    const start = attributeOf(event.attributes, 'offset')
    if (name === 'data' && isConstant && start !== undefined)
      claim(claims, data, start, attributeOf(event.attributes, 'size') ?? '0')
  }
  await readXml(source, { sink: take })
}

function claim(claims: Claims, name: string, start: string, length: string | undefined): void {
  if (![start, length ?? '0'].every((text) => /^\d{1,15}$/.test(text))) return
  const ranges = claims.get(name) ?? []
  claims.set(name, ranges)
  ranges.push({ start: Number(start), length: length === undefined ? undefined : Number(length) })
}

/** The file as tensors, when its ranges leave nothing but zeros and lead nowhere else. */
async function coveredBy(
  { name, sizeBytes }: RepositoryFile,
  ranges: readonly Range[],
  source: ByteSource,
): Promise<RawTensors | undefined> {
  const sorted = [...ranges].sort((a, b) => a.start - b.start)
  let end = 0
  let readBytes = 0
  for (const { start, length } of [...sorted, { start: sizeBytes, length: 0 }]) {
    if (start > sizeBytes || start + (length ?? 0) > sizeBytes) return undefined
    if (start > end) {
      readBytes += start - end
      if (readBytes > MAX_GAP_BYTES || !(await isZero(source, end, start - end))) return undefined
    }
    end = Math.max(end, length === undefined ? sizeBytes : start + length)
  }
  return { name, sizeBytes, readBytes }
}

async function isZero(source: ByteSource, offset: number, length: number): Promise<boolean> {
  for (let at = offset; at < offset + length; at += 1 << 16) {
    const bytes = await source.read(at, Math.min(1 << 16, offset + length - at))
    if (bytes.some((byte) => byte !== 0)) return false
  }
  return true
}
