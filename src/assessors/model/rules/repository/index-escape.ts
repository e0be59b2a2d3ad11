import { example, type ModelRule, type Observation } from '../../rule.ts'
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

/** Paths of the flavours of an MLmodel file (mlflow/models/model.py), which MLflow joins to its folder. */
function flavourFiles(
  subject: RepositorySubject,
): readonly { readonly path: string; readonly files: readonly string[] }[] {
  return [...subject.texts].flatMap(([path, text]) => {
    if (!/(?:^|\/)MLmodel$/.test(path)) return []
    const found = text.matchAll(FLAVOUR_PATH)
    return [{ path, files: [...new Set([...found].map(([, file]) => file ?? ''))] }]
  })
}

/** Keys under which flavours keep files and folders of the model. `artifact_path` and `run_id` name places of the tracking server. */
const FLAVOUR_PATH =
  /^[ \t]{1,20}(?:model_path|pickled_model|model_data|data|code|model_code_path|saved_model_dir|keras_model_path|env|conda|virtualenv):[ \t]{0,20}["']?([^\s"'#][^\n"'#]{0,500}?)["']?[ \t]{0,20}$/gm

export const indexEscape: ModelRule = {
  id: 'repository/index-escape',
  severity: 'high',
  verdict: 'malicious',
  title: 'A list of the files of the model points outside the repository',
  source: 'https://huggingface.co/docs/transformers/main/en/big_models',
  taxonomy: ['CWE-22', 'CWE-73'],
  why: 'A loader opens each file of the weight map, each folder of modules.json, and each path of an MLmodel file. A path that climbs out of the folder, or an address, has it open what does not belong to the model.',
  remedy: 'Do not load this model, and report it where it came from.',
  examples: {
    fires: [
      withFiles(
        example(
          'MLmodel',
          'flavors:\n  sklearn:\n    pickled_model: ../../../../tmp/m.pkl\n    sklearn_version: 1.2.2\n',
        ),
      ),
      withFiles(example('MLmodel', 'flavors:\n  python_function:\n    model_path: "/var/lib/m.pkl"\n')),
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
        example(
          'MLmodel',
          'artifact_path: s3://bucket/model\nflavors:\n  python_function:\n    env: conda.yaml\n    model_path: model.pkl\n',
        ),
      ),
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
      : [...weightFiles(subject), ...moduleFolders(subject), ...flavourFiles(subject)].flatMap(
          ({ path, files }) =>
            files
              .filter((file) => /(?:^|[\\/])\.\.(?:[\\/]|$)|^[\\/~]|^[a-z]:[\\/]|:\/\//i.test(file))
              .map((file) => ({ path, key: file, message: `names ${file}`, call: file })),
        ),
}
