import { craftZip } from '../../craft-zip.ts'
import type { ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

/** A PyTorch archive with one storage of some 4-byte numbers. */
function torchArchive(claimed: number, storage: string) {
  const id = `(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK${String.fromCharCode(claimed)}tQ`
  const tensor = `ctorch._utils\n_rebuild_tensor_v2\n(${id}K\0K\x01\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR`
  return craftZip([
    { name: 'm/data.pkl', text: `\x80\x02${tensor}.` },
    { name: 'm/data/0', text: storage },
  ])
}

export const shortStorage: ModelRule = {
  id: 'container/short-storage',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A tensor claims more numbers than the file holds',
  source: 'https://nvd.nist.gov/vuln/detail/CVE-2026-24747',
  taxonomy: ['CWE-125', 'CWE-787', 'CVE-2026-24747'],
  why: 'The pickle of a PyTorch archive says how many numbers each storage has. torch.save never writes fewer; versions before 2.10 read, and write, beyond the end of the memory.',
  remedy: 'Do not load the file. Ask the publisher for the weights as safetensors.',
  examples: {
    fires: [torchArchive(100, '\0\0\0\0')],
    silent: [torchArchive(1, '\0\0\0\0')],
  },
  check: (subject) => observeSights(subject, 'short-storage'),
}
