import { example, type ModelRule } from '../../rule.ts'

/** Hosts from which packages of this field are installed. */
const KNOWN =
  /^(?:git\+)?(?:https|ssh|git):\/\/(?:[\w.-]+@)?(?:[\w-]+\.)*(?:pypi\.org|pythonhosted\.org|python\.org|pytorch\.org|nvidia\.com|github\.com|githubusercontent\.com|github\.io|gitlab\.com|bitbucket\.org|huggingface\.co|hf\.co|googleapis\.com|google\.com|anaconda\.org|anaconda\.com|conda\.io|jfrog\.io|azure\.com|visualstudio\.com|amazonaws\.com|openmmlab\.com|dgl\.ai|pyg\.org|paddlepaddle\.org\.cn|baidu\.com|bcebos\.com|aliyun\.com|aliyuncs\.com|tsinghua\.edu\.cn|ustc\.edu\.cn|tencent\.com|huaweicloud\.com|douban\.com|modelscope\.cn|dask\.org|rapids\.ai|microsoft\.com|intel\.com|intel-extension-for-pytorch|ascend\.com|amd\.com|spacy\.io|explosion\.ai|flashinfer\.ai|vllm\.ai|tensorflow\.org|fbaipublicfiles\.com|sourceforge\.net|zenodo\.org|deepspeed\.ai|gradio\.app|scipy-wheels-nightly|jax-releases|wheels\.vllm\.ai|savannah\.gnu\.org)(?:[:/]|$)/i

export const foreignIndex: ModelRule = {
  id: 'repository/foreign-index',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'Packages are installed from a place that nobody knows',
  source: 'https://medium.com/@alex.birsan/dependency-confusion-4a5d60fec610',
  taxonomy: ['CWE-829', 'CWE-427', 'AML.T0010.001'],
  why: 'Installing a package runs its code. A second index or an address of an unknown host decides what is installed; without https anybody on the way does too.',
  remedy: 'Install from the index of your house, with pinned versions and hashes.',
  examples: {
    fires: [
      example('requirements.txt', '--extra-index-url https://pypi.acme-cdn.example/simple\ntorch\n'),
      example('requirements.txt', 'torch @ http://192.0.2.7/torch-2.0-py3-none-any.whl\n'),
    ],
    silent: [
      example(
        'requirements.txt',
        '--extra-index-url https://download.pytorch.org/whl/cu121\ngit+https://github.com/huggingface/transformers\n-e .\ntorch==2.1\n',
      ),
      example(
        'pyproject.toml',
        '[project]\ndependencies = ["torch>=2", "x @ git+https://github.com/pytorch/x"]\n',
      ),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'requirements') return []
    return subject.requirements.flatMap((one) => {
      if (one.kind !== 'index' && one.kind !== 'address') return []
      const { address, line } = one
      // A folder of the repository, or a host that is named to be trusted, decides nothing by itself.
      const isLocal =
        !/:\/\//.test(address) ||
        /^file:|\/\/(?:localhost|127\.0\.0\.1)/.test(address) ||
        /[{$]/.test(address)
      if (isLocal || KNOWN.test(address)) return []
      return [{ key: address, message: `line ${line} installs from ${address}` }]
    })
  },
}
