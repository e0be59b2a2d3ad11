import { type Digest, hexOfDigest, type ResourceDescriptor } from '../../ground/domain/index.ts'

/** Subjects without files: their digest is that of the canonical JSON of what they are (ARCHITECTURE, rule 2). */
const DESCRIPTOR_KINDS = [
  'run',
  'endpoint',
  'prompt',
  'tool-list',
  'system',
  'key',
  'deployment',
  'hub-model',
] as const

/** A kind of subject that has no files, and so no OMS root. */
export type DescriptorKind = (typeof DESCRIPTOR_KINDS)[number]

/** Whether a word from outside names such a kind. */
export function isDescriptorKind(value: unknown): value is DescriptorKind {
  return DESCRIPTOR_KINDS.some((kind) => kind === value)
}

/** A run, a prompt, an endpoint and so on as the subject of statements. */
export function descriptorSubject(
  kind: DescriptorKind,
  digest: Digest,
  of: { readonly name: string; readonly tenant: string },
): ResourceDescriptor {
  return {
    name: of.name,
    digest: { sha256: hexOfDigest(digest) },
    annotations: { kind, tenant: of.tenant },
  }
}
