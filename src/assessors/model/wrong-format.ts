/** What a name claims about its file, and which formats keep that promise. */
interface Claim {
  readonly endings: RegExp
  readonly says: string
  /** Formats, as they stand in coverage, that break the promise. */
  readonly broken: RegExp
}

/** Formats that run code when a loader takes them, or hide others. */
const LIVELY =
  /^(pickle|joblib|joblib-zlib|pytorch-legacy|pytorch-zip|pytorch-tar|torchscript|zip|tar|sevenzip|rar|gzip|zlib|bzip2|xz|lzma|zstd|lz4|python|hdf5|html)$/
const PICKLES = /^(pickle|joblib|pytorch-legacy|pytorch-zip|pytorch-tar)$/

/** Endings that name one format; a model under another is how files slip past whoever looks at names only. */
const CLAIMS: readonly Claim[] = [
  { endings: /\.safetensors$/i, says: 'safetensors', broken: LIVELY },
  { endings: /\.gguf$/i, says: 'GGUF', broken: LIVELY },
  { endings: /\.(png|jpe?g|gif|webp|bmp|ico)$/i, says: 'a picture', broken: LIVELY },
  { endings: /\.(wav|mp3|flac|ogg|mp4)$/i, says: 'a recording', broken: LIVELY },
  { endings: /\.pdf$/i, says: 'a document', broken: LIVELY },
  {
    endings: /\.(json|jsonl|ya?ml|toml|xml|html|css|ini|cfg|txt|md|rst|csv|tsv|jinja2?)$/i,
    says: 'a text',
    broken:
      /^(pickle|joblib|joblib-zlib|pytorch-legacy|pytorch-zip|pytorch-tar|torchscript|zip|tar|sevenzip|rar|hdf5|zlib)$/,
  },
  { endings: /\.(onnx|tflite|pb|pbtxt|mlmodel|xmodel)$/i, says: 'a graph of a network', broken: PICKLES },
  { endings: /\.(keras|h5|hdf5)$/i, says: 'a Keras model', broken: PICKLES },
  { endings: /\.np[yz]$/i, says: 'arrays of NumPy', broken: PICKLES },
  { endings: /\.(ubj|bst|cbm|parquet|arrow|feather|msgpack)$/i, says: 'data without code', broken: PICKLES },
  {
    endings: /\.(pt|pth|ckpt|pkl|pickle|joblib|dill|bin)$/i,
    says: 'a model',
    broken: /^(sevenzip|rar)$/,
  },
]

/** What the name of a file says it is, when it says so plainly. */
export function claimOf(name: string): string | undefined {
  return CLAIMS.find(({ endings }) => endings.test(name))?.says
}

/** Why a format does not fit the name, or undefined when it does, or when the name promises nothing. */
export function breachOf(name: string, format: string): string | undefined {
  const claim = CLAIMS.find(({ endings }) => endings.test(name))
  if (claim?.broken.test(format) !== true) return undefined
  return `its name says ${claim.says}, and its content is ${format}`
}
