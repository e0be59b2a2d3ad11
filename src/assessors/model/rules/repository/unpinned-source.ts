import { example, type ModelRule } from '../../rule.ts'

/** Accounts of makers of frameworks: installing from them is what installing their package is. */
const MAKERS =
  /^(?:huggingface|pytorch|tensorflow|keras-team|google|google-research|google-deepmind|googleapis|jax-ml|openai|facebookresearch|meta-llama|nvidia|nvidia-nemo|nvlabs|rapidsai|microsoft|apple|intel|amd|rocm|aws|azure|ibm|salesforce|stability-ai|compvis|black-forest-labs|mistralai|qwenlm|deepseek-ai|thudm|openbmb|internlm|open-mmlab|paddlepaddle|modelscope|alibaba|tencent|baidu|bigscience-workshop|eleutherai|laion-ai|mlfoundations|allenai|stanfordnlp|scikit-learn|numpy|scipy|pandas-dev|dmlc|lightning-ai|ultralytics|dao-ailab|vllm-project|sgl-project|lm-sys|ggerganov|ggml-org|abetlen|bitsandbytes-foundation|timdettmers|casper-hansen|turboderp|autogptq|modelcloud|unslothai|axolotl-ai-cloud|state-spaces|crowsonkb|explosion|mlflow|ray-project|bentoml|pyannote|speechbrain|coqui-ai|rhasspy|suno-ai|m-bain|cocodataset|ppwwyyxx|python|pypa)$/i
const HOSTED = /^(?:git\+)?(?:https|ssh|git):\/\/(?:[\w.-]+@)?(?:github|gitlab|bitbucket)\.(?:com|org)[/:]/i

export const unpinnedSource: ModelRule = {
  id: 'repository/unpinned-source',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A package is installed from a branch that its owner may change at any time',
  source: 'https://pip.pypa.io/en/stable/topics/secure-installs/',
  taxonomy: ['CWE-829', 'CWE-494', 'AML.T0010.001'],
  why: "Installing from a repository runs that repository's code. Without the hash of a commit it is whatever stands there on that day, and the account is none of the known makers of frameworks.",
  remedy: 'Look at the repository, and pin the hash of the commit that you looked at.',
  examples: {
    fires: [
      example('requirements.txt', 'torch\ngit+https://github.com/acme-labs/torch-extra@main\n'),
      example('environment.yml', 'dependencies:\n  - pip:\n    - git+https://github.com/acme-labs/x.git\n'),
      example('requirements.txt', 'https://github.com/acme-labs/x/archive/refs/heads/main.zip\n'),
      example('Pipfile', '[packages]\nx = {git = "https://github.com/acme-labs/x.git", ref = "main"}\n'),
      example('pyproject.toml', '[project]\ndependencies = ["x @ git+https://github.com/acme-labs/x"]\n'),
      example(
        'setup.py',
        "from setuptools import setup\n\nsetup(name='a', install_requires=['x @ git+https://gitlab.com/acme-labs/x@v1'])\n",
      ),
    ],
    silent: [
      example(
        'requirements.txt',
        'git+https://github.com/huggingface/transformers\ngit+https://github.com/acme-labs/x@0123456789abcdef0123456789abcdef01234567\n',
      ),
      example(
        'requirements.txt',
        'x @ https://github.com/acme-labs/x/releases/download/v1/x-1-py3-none-any.whl\n',
      ),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'requirements') return []
    return subject.requirements.flatMap((one) => {
      if (one.kind !== 'address' || !isUnpinned(one.address)) return []
      return [{ key: one.address, message: `line ${one.line} installs from ${one.address}` }]
    })
  },
}

/** A repository of somebody at a Git host, without the hash of a commit. Files of a release have a name of their own. */
function isUnpinned(address: string): boolean {
  const host = HOSTED.exec(address)
  if (
    host === null ||
    !/^git\+|\.git(?:[@#]|$)|\/archive\/(?!refs\/tags\/)[^?#]{1,200}\.(?:zip|tar\.gz)(?:[?#]|$)/i.test(
      address,
    )
  )
    return false
  const [owner = ''] = address.slice(host[0].length).split('/', 1)
  return !MAKERS.test(owner) && !/[@/][0-9a-f]{40}(?:[#?.]|$)/i.test(address)
}
