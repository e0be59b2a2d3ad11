import { gzipSync } from 'node:zlib'
import { type Attack, attack, doubtful, undecidable } from './attack.ts'
import { rar, sevenZip, tar, zip } from './make-archive.ts'
import { npy, torch } from './make-model.ts'
import { calling, EMPTY, OLD_PAYLOAD, PAYLOAD, text } from './make-pickle.ts'

const PLAIN = { name: 'm/data.pkl', text: EMPTY }
const BROKEN = `${PAYLOAD.slice(0, -1)}X\xff\xff`
/** A link alone reads nothing. */
const LINK_WHY = 'it reads or writes only when something unpacks it, and follows it'
const LINK_MODE = 0o120777

/** What hides a payload from a reader: containers, endings, and fields that readers take differently. */
export const ARCHIVE_ATTACKS: readonly Attack[] = [
  attack(
    'nullifAI',
    'PyTorch as 7z, the payload before a broken stream',
    'model.pt',
    sevenZip('m/data.pkl', BROKEN),
  ),
  attack('nullifAI', 'the payload before a broken stream', 'model.bin', BROKEN),
  attack(
    'GHSA-769v-p64c-89pr CVE-2025-1889 protectai/modelscan#263',
    'a pickle with another ending inside an archive of PyTorch',
    'model.pt',
    zip([PLAIN, { name: 'm/notes.config', text: PAYLOAD }]),
  ),
  attack(
    'GHSA-7q5r-7gvp-wc82 CVE-2025-1944 protectai/modelscan#263',
    'the local header names the member otherwise',
    'model.pt',
    zip([{ name: 'm/data.pkl', localName: 'm/data.txt', text: PAYLOAD }]),
  ),
  ...[0x1, 0x20, 0x40].map((flags) =>
    attack(
      'GHSA-w8jq-xcqf-f792 CVE-2025-1945 protectai/modelscan#263',
      `flag bit 0x${flags.toString(16)} in the central directory`,
      `model-${flags}.pt`,
      zip([{ name: 'm/data.pkl', flags, text: PAYLOAD }]),
    ),
  ),
  attack(
    'GHSA-jgw4-cr84-mqxg CVE-2025-10155',
    'a bare pickle with the ending of PyTorch',
    'pytorch_model.bin',
    PAYLOAD,
  ),
  attack(
    'GHSA-jgw4-cr84-mqxg CVE-2025-10155',
    'a bare pickle of protocol 0 with the ending of PyTorch',
    'pytorch_model.pt',
    OLD_PAYLOAD,
  ),
  attack(
    'GHSA-mjqp-26hc-grxg CVE-2025-10156',
    'a checksum that is wrong',
    'model.pt',
    zip([{ name: 'm/data.pkl', crc: 1, text: PAYLOAD }]),
  ),
  attack(
    'GHSA-97f8-7cmv-76j2',
    'the magic number of old PyTorch is made by eval',
    'legacy.pt',
    `${calling('builtins', 'eval', text('0x1950a86a20f9469cfc6c'))}\x80\x02M\xe9\x03.\x80\x02}.\x80\x02].${PAYLOAD}`,
  ),
  attack(
    'promptfoo/modelaudit#624',
    'protocol 0 inside an archive',
    'model.pt',
    zip([PLAIN, { name: 'm/extra', text: OLD_PAYLOAD }]),
  ),
  attack(
    'promptfoo/modelaudit#1043',
    'a pickle where PyTorch keeps raw numbers',
    'model.pt',
    torch(EMPTY, PAYLOAD),
  ),
  attack(
    'promptfoo/modelaudit',
    'two members of one name, the first one acts',
    'first.pt',
    zip([{ name: 'm/data.pkl', text: PAYLOAD }, PLAIN]),
  ),
  attack(
    'promptfoo/modelaudit',
    'two members of one name, the second one acts',
    'second.pt',
    zip([PLAIN, { name: 'm/data.pkl', text: PAYLOAD }]),
  ),
  undecidable(
    'no loader of models opens RAR, and its packing is not read',
    attack('promptfoo/modelaudit', 'a payload in RAR', 'model.rar', rar('data.pkl', PAYLOAD)),
  ),
  doubtful(
    LINK_WHY,
    attack(
      'promptfoo/modelaudit',
      'a symbolic link that leaves its folder, in tar',
      'link.tar',
      tar([{ name: 'weights', link: '../../../etc/passwd' }]),
    ),
  ),
  doubtful(
    LINK_WHY,
    attack(
      'promptfoo/modelaudit',
      'a symbolic link that leaves its folder, in ZIP',
      'link.zip',
      zip([{ name: 'weights', text: '../../../etc/passwd', mode: LINK_MODE }]),
    ),
  ),
  attack(
    'promptfoo/modelaudit',
    'a symbolic link out of the folder, and a member written through it, in tar',
    'through.tar',
    tar([
      { name: 'd', link: '/tmp' },
      { name: 'd/sallyport.pth', text: 'x' },
    ]),
  ),
  attack(
    'promptfoo/modelaudit',
    'a symbolic link out of the folder, and a member written through it, in ZIP',
    'through.zip',
    zip([
      { name: 'd', text: '/tmp', mode: LINK_MODE },
      { name: 'd/sallyport.txt', text: 'x' },
    ]),
  ),
  attack(
    'promptfoo/modelaudit',
    'a member that climbs out of the folder, in tar',
    'climb.tar',
    tar([{ name: '../../sallyport.pth', text: 'x' }]),
  ),
  attack(
    'CVE-2023-48299',
    'a model archive of TorchServe whose member climbs out',
    'model.mar',
    zip([
      {
        name: 'MAR-INF/MANIFEST.json',
        text: JSON.stringify({ runtime: 'python', model: { modelName: 'm', handler: 'handler.py' } }),
      },
      { name: 'handler.py', text: 'def handle(data, context):\n    return data\n' },
      { name: '../../sallyport.py', text: 'x = 1\n' },
    ]),
  ),
  attack(
    'protectai/modelscan#262',
    'a pickle as model.weights.npz of a .keras archive',
    'model.keras',
    zip([
      { name: 'metadata.json', text: '{"keras_version": "3.8.0"}' },
      {
        name: 'config.json',
        text: '{"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": []}, "registered_name": null}',
      },
      { name: 'model.weights.npz', text: PAYLOAD },
    ]),
  ),
  attack(
    'arXiv:2508.19774',
    'loading path: joblib, compressed by zlib',
    'model.joblib',
    gzipSync(Buffer.from(PAYLOAD, 'latin1')),
  ),
  attack(
    'arXiv:2508.19774',
    'loading path: pandas.read_pickle of a gzip',
    'frame.pkl.gz',
    gzipSync(Buffer.from(PAYLOAD, 'latin1')),
  ),
  attack(
    'arXiv:2508.19774',
    'loading path: pandas.read_pickle of a ZIP',
    'frame.pkl.zip',
    zip([{ name: 'frame.pkl', text: PAYLOAD }]),
  ),
  attack(
    'arXiv:2508.19774',
    'loading path: pandas.read_pickle of a tar',
    'frame.pkl.tar',
    tar([{ name: 'frame.pkl', text: PAYLOAD }]),
  ),
  attack('arXiv:2508.19774', 'loading path: numpy.load of an array of objects', 'array.npy', npy(PAYLOAD)),
  attack('arXiv:2508.19774', 'loading path: numpy.load of a bare pickle', 'bare.npy', PAYLOAD),
  attack(
    'arXiv:2508.19774',
    'loading path: an array of objects in npz',
    'arrays.npz',
    zip([{ name: 'a.npy', text: npy(PAYLOAD) }]),
  ),
  attack(
    'arXiv:2508.19774',
    'loading path: PyTorch of 2017, a tar',
    'old.pt',
    tar([
      { name: 'sys_info', text: EMPTY },
      { name: 'pickle', text: PAYLOAD },
    ]),
  ),
  attack(
    'arXiv:2508.19774',
    'loading path: PyTorch, a stream behind the magic number',
    'legacy.pth',
    `\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.${PAYLOAD}`,
  ),
  attack('arXiv:2508.19774', 'loading path: a checkpoint without an ending', 'checkpoint', PAYLOAD),
  attack(
    'arXiv:2508.19774',
    'loading path: TorchScript, constants beside the code',
    'script.pt',
    zip([
      { name: 'm/data.pkl', text: '\x80\x02}.' },
      { name: 'm/constants.pkl', text: PAYLOAD },
      { name: 'm/version', text: '3\n' },
    ]),
  ),
  attack(
    'arXiv:2508.19774',
    'loading path: torch.package',
    'package.pt',
    zip([
      { name: 'p/.data/version', text: '3' },
      { name: 'p/model/model.pkl', text: PAYLOAD },
    ]),
  ),
  attack(
    'CVE-2025-23298',
    'Transformers4Rec loads the state of a trainer',
    'trainer_state/optimizer.pt',
    torch(PAYLOAD),
  ),
]
