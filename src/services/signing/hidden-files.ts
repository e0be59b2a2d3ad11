import { SallyportError } from '../../ground/lang/index.ts'
import type { ModelEntry, ModelFiles } from './ports.ts'
import { isInGit, named, type Selection } from './select-files.ts'

/** Endings of what programs load: weights, code, libraries. One of these beside a model is part of it, whoever left it out. */
const LOADED =
  /\.(7z|a|bat|bin|caffemodel|cbm|ckpt|class|cmd|cu|dill|dll|dylib|egg|engine|exe|ftz|gguf|ggml|h5|hdf5|ipynb|jar|joblib|js|keras|llamafile|lua|mar|mlmodel|mjs|model|msgpack|nemo|npy|npz|onnx|params|pb|pdparams|pickle|pkl|plan|pmml|ps1|pt|pt2|pte|pth|ptl|py|pyc|pyd|pyo|pyw|pyx|rb|rds|rda|rdata|rknn|safetensors|sh|so|spm|tar|tflite|torchscript|ubj|wasm|whl|xgb|zip|znn)$/i
/** Settings that loaders read: they name the code and the weights that are taken. */
const STEERS = /\.(cfg|ini|jinja2?|json|jsonl|pbtxt|prototxt|toml|ya?ml)$/i

/** How files begin that programs load whatever their name is. */
const MAGICS: readonly (readonly [magic: string, what: string])[] = [
  ['7f454c46', 'a program (ELF)'],
  ['4d5a', 'a program (PE)'],
  ['cffaedfe', 'a program (Mach-O)'],
  ['cafebabe', 'a program (Java or Mach-O)'],
  ['2321', 'a script'],
  ['504b0304', 'a zip archive'],
  ['1f8b', 'a gzip stream'],
  ['789c', 'a zlib stream'],
  ['425a68', 'a bzip2 stream'],
  ['fd377a585a00', 'an xz stream'],
  ['47475546', 'GGUF weights'],
  ['894844460d0a1a0a', 'HDF5 weights'],
  ['934e554d5059', 'a NumPy array'],
  ['8002', 'a pickle'],
  ['8003', 'a pickle'],
  ['8004', 'a pickle'],
  ['8005', 'a pickle'],
]
/** Bytes of the longest magic. */
const HEAD_BYTES = 8
/** Files looked into; a list that hides more than this hides too much. */
const MAX_LOOKED_INTO = 10_000

/** A file that is left out of a signature although programs would load it. */
export interface HiddenFile {
  readonly name: string
  readonly why: string
}

/**
 * Files that the statement or the custom of git leaves out, and that programs would load all the same. `.git` itself is
 * judged by names only: it holds whole models as objects, which no loader looks for.
 */
export async function findHidden(
  files: Pick<ModelFiles, 'head'>,
  { leftOut }: Selection,
): Promise<readonly HiddenFile[]> {
  const hidden: HiddenFile[] = []
  const suspects = leftOut.filter(
    ({ why, entry }) => (why === 'signed' || why === 'git') && entry.kind === 'file',
  )
  const unknown: ModelEntry[] = []
  for (const { entry, why } of suspects) {
    const ending = LOADED.exec(entry.name) ?? (why === 'signed' ? STEERS.exec(entry.name) : null)
    if (ending !== null) hidden.push({ name: entry.name, why: `programs load ${ending[0]} files` })
    else if (!isInGit(entry)) unknown.push(entry)
  }
  if (unknown.length > MAX_LOOKED_INTO)
    throw new SallyportError('TOO_LARGE', `the signature leaves out more than ${MAX_LOOKED_INTO} files`)
  for (const entry of unknown) {
    const what = kindOfHead(await files.head(entry, HEAD_BYTES))
    if (what !== undefined) hidden.push({ name: entry.name, why: `it begins as ${what}` })
  }
  return hidden
}

function kindOfHead(head: Uint8Array): string | undefined {
  const hex = Buffer.from(head).toString('hex')
  return MAGICS.find(([magic]) => hex.startsWith(magic))?.[1]
}

/** @throws SallyportError `SIGNATURE_INVALID` when there are any */
export function refuseHidden(hidden: readonly HiddenFile[]): void {
  const [first] = hidden
  if (first === undefined) return
  throw new SallyportError(
    'SIGNATURE_INVALID',
    `the signature leaves out files that programs would load: ${named(hidden.map(({ name }) => name))} (${first.why}). Remove them, or name them with --ignore-paths if you answer for them`,
    { detail: { hidden: hidden.slice(0, 1000) } },
  )
}
