/** What stands in place of a secret. */
export const MASK = '***'
/** Characters of one value of the environment; a longer one is cut, and says so. */
const MAX_VALUE = 1000

/** Names that say of themselves that they hold a secret. */
const SECRET_NAME =
  /(?:^|[_.-])(?:api_?key|key|token|secret|passw(?:or)?d|passphrase|pwd|credentials?|auth|private|session|cookie|dsn|sas)(?:$|[_.-])|(?:apikey|accesskey|secretkey|token|password|secret)$/i

/** Values that look like the secret of a known service, or like a key. */
const SECRET_VALUES: readonly RegExp[] = [
  /AKIA[0-9A-Z]{16}|ASIA[0-9A-Z]{16}/g,
  /gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}/g,
  /glpat-[A-Za-z0-9_-]{16,}/g,
  /hf_[A-Za-z0-9]{16,}|api_org_[A-Za-z0-9]{16,}/g,
  /sk-[A-Za-z0-9_-]{16,}|sk_live_[A-Za-z0-9]{16,}/g,
  /xox[abprs]-[A-Za-z0-9-]{10,}/g,
  /AIza[0-9A-Za-z_-]{30,}/g,
  /npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|dckr_pat_[A-Za-z0-9_-]{20,}|spt_[A-Za-z0-9_-]{16,}/g,
  /eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/g,
]
/** User and password in a URL; the scheme and the host stay. */
const URL_SECRET = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@]{1,500}@/gi
/** Secrets in the query of a URL, or written as `password=…` inside a longer text. */
const PAIR_SECRET =
  /([?&;\s]|^)((?:[a-z0-9_.-]{0,40}[_.-])?(?:key|token|secret|password|passwd|pwd|sig|signature|auth))=([^&;\s]{1,500})/gi

/** Whether a name (of a variable, of a flag) says that its value is a secret. */
function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replace(/^-+/, ''))
}

/** A text with whatever looks like a secret masked; the rest stays as it was. */
export function maskText(text: string): string {
  let masked = text.replace(URL_SECRET, `$1${MASK}@`).replace(PAIR_SECRET, `$1$2=${MASK}`)
  for (const form of SECRET_VALUES) masked = masked.replace(form, MASK)
  return masked
}

/** A command line without its secrets: `--token X` and `--token=X` lose X, and values that look like one are masked. */
export function maskCommand(command: readonly string[]): readonly string[] {
  return command.map((arg, i) => {
    const before = command[i - 1] ?? ''
    if (/^-{1,2}[a-z]/i.test(before) && !before.includes('=') && isSecretName(before) && !arg.startsWith('-'))
      return MASK
    const [name = '', value] = splitPair(arg)
    if (value !== undefined && isSecretName(name)) return `${name}=${MASK}`
    return maskText(arg)
  })
}

function splitPair(arg: string): readonly [string, string | undefined] {
  const at = arg.indexOf('=')
  return at < 1 || !/^-{0,2}[\w.-]{1,80}$/.test(arg.slice(0, at))
    ? [arg, undefined]
    : [arg.slice(0, at), arg.slice(at + 1)]
}

/**
 * Variables that change what a training run computes; everything else in the environment is left out, for nobody knows
 * what it holds. The names that a person adds stand beside them, masked like these.
 */
const ALLOWED =
  /^(?:PATH|LANG|LC_[A-Z]+|TZ|SHELL|PYTHON(?:PATH|HASHSEED|HOME|OPTIMIZE|UTF8|NOUSERSITE)|VIRTUAL_ENV|CONDA_(?:PREFIX|DEFAULT_ENV)|LD_(?:PRELOAD|LIBRARY_PATH)|NODE_(?:ENV|OPTIONS)|CUDA_[A-Z_]+|CUBLAS_[A-Z_]+|CUDNN_[A-Z_]+|NVIDIA_[A-Z_]+|ROCR_[A-Z_]+|HIP_[A-Z_]+|NCCL_[A-Z_]+|OMP_[A-Z_]+|MKL_[A-Z_]+|OPENBLAS_[A-Z_]+|NUMEXPR_[A-Z_]+|KMP_[A-Z_]+|TORCH_?[A-Z_]*|PYTORCH_[A-Z_]+|TF_[A-Z0-9_]+|XLA_[A-Z_]+|JAX_[A-Z_]+|TOKENIZERS_PARALLELISM|TRANSFORMERS_[A-Z_]+|HF_(?:HOME|HUB_OFFLINE|DATASETS_OFFLINE|ENDPOINT|DATASETS_CACHE)|ACCELERATE_[A-Z_]+|WORLD_SIZE|LOCAL_WORLD_SIZE|RANK|LOCAL_RANK|NODE_RANK|MASTER_(?:ADDR|PORT)|SLURM_(?:JOB_ID|NNODES|NTASKS|PROCID)|SEED|RANDOM_SEED|http_proxy|https_proxy|no_proxy|HTTP_PROXY|HTTPS_PROXY|NO_PROXY|PIP_INDEX_URL|PIP_EXTRA_INDEX_URL)$/

/** The variables that say how a run computes, by name, with secrets masked. @param also names that a person asked for */
export function maskEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  also: readonly string[] = [],
): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {}
  for (const name of Object.keys(environment).sort()) {
    const value = environment[name]
    if (value === undefined || !(ALLOWED.test(name) || also.includes(name))) continue
    const text = isSecretName(name) ? MASK : maskText(value)
    kept[name] = text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}… (${text.length} characters)` : text
  }
  return kept
}
