import { example, type Observation, type Subject } from '../../rule.ts'
import type { DocumentDeed } from '../../subjects/document-subject.ts'

/** The parts of a document that do one thing, as a rule tells them. */
export function documentWith(subject: Subject, deed: DocumentDeed): readonly Observation[] {
  if (subject.kind !== 'document') return []
  return subject.parts
    .filter((part) => part.deed === deed)
    .map(({ why, text, at }) => ({
      key: `${subject.name} ${text}`,
      message: `${subject.name}: ${why} (character ${at})`,
      call: text,
    }))
}

/** Texts beside models that hold nothing against anybody. */
export const ORDINARY_DOCUMENTS = [
  example(
    'README.md',
    '---\nlicense: mit\n---\n# Acme\n<!-- Provide a link to https://example.org/paper and report results there. -->\n```bash\ncurl -LsSf https://astral.sh/uv/install.sh | sh\npip install acme\n```\n',
  ),
  example(
    'AGENTS.md',
    '# Work\nRun `npm test`. Do not tell users of v1 to upgrade. See https://example.org/style.\n\nNever show tokens.\n',
  ),
]
