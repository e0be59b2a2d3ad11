import type { ModelRule, Observation } from '../../rule.ts'
import type { RepositorySubject } from '../../subjects/repository-subject.ts'
import { jsonExample, withFiles } from './beside.ts'

/** The files that the weight maps of a repository name, by index. */
export function weightFiles(
  subject: RepositorySubject,
): readonly { readonly path: string; readonly files: readonly string[] }[] {
  return [...subject.documents].flatMap(([path, document]) => {
    if (!/\.index\.json$/.test(path) || typeof document !== 'object' || document === null) return []
    const map: unknown = Object.entries(document).find(([key]) => key === 'weight_map')?.[1]
    if (typeof map !== 'object' || map === null) return []
    return [
      {
        path,
        files: [...new Set(Object.values(map).filter((one): one is string => typeof one === 'string'))],
      },
    ]
  })
}

/** Folders of the modules of a sentence encoder, which its loader reads. */
function moduleFolders(
  subject: RepositorySubject,
): readonly { readonly path: string; readonly files: readonly string[] }[] {
  return [...subject.documents].flatMap(([path, document]) => {
    if (!/(?:^|\/)modules\.json$/.test(path) || !Array.isArray(document)) return []
    const folders = document.map((one: unknown) =>
      typeof one === 'object' && one !== null && 'path' in one ? one.path : undefined,
    )
    return [{ path, files: folders.filter((folder) => typeof folder === 'string') }]
  })
}

export const indexEscape: ModelRule = {
  id: 'repository/index-escape',
  severity: 'high',
  verdict: 'malicious',
  title: 'A list of the files of the model points outside the repository',
  source: 'https://huggingface.co/docs/transformers/main/en/big_models',
  taxonomy: ['CWE-22', 'CWE-73'],
  why: 'A loader opens each file of the weight map, and each folder of modules.json. A path that climbs out of the folder, or an address, has it open what does not belong to the model.',
  remedy: 'Do not load this model, and report it where it came from.',
  examples: {
    fires: [
      withFiles(
        jsonExample('model.safetensors.index.json', { weight_map: { a: '../../../etc/x.safetensors' } }),
      ),
      withFiles(
        jsonExample('modules.json', [
          { idx: 0, name: '0', path: '../../x', type: 'sentence_transformers.models.Transformer' },
        ]),
      ),
    ],
    silent: [
      withFiles(
        jsonExample('model.safetensors.index.json', {
          weight_map: { a: 'model-00001-of-00002.safetensors' },
        }),
      ),
    ],
  },
  check: (subject): readonly Observation[] =>
    subject.kind !== 'repository'
      ? []
      : [...weightFiles(subject), ...moduleFolders(subject)].flatMap(({ path, files }) =>
          files
            .filter((file) => /(?:^|[\\/])\.\.(?:[\\/]|$)|^[\\/~]|^[a-z]:[\\/]|:\/\//i.test(file))
            .map((file) => ({ path, key: file, message: `names ${file}`, call: file })),
        ),
}
