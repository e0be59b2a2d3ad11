import { folderOf } from '../../repository/reached-code.ts'
import { example, type ModelRule } from '../../rule.ts'

export const pickleBeside: ModelRule = {
  id: 'repository/pickle-beside',
  severity: 'info',
  verdict: 'clean',
  title: 'Pickled weights stand beside safetensors',
  source: 'https://huggingface.co/docs/safetensors/index',
  taxonomy: ['CWE-502'],
  why: 'Transformers and Diffusers take the safetensors first; other loaders, older versions and use_safetensors=False take the pickle, which can run code. Both were scanned.',
  remedy: 'Remove the pickles, or load with use_safetensors=True.',
  examples: {
    fires: [
      {
        ...example('pytorch_model.bin', '\x80\x02}q\x00.'),
        beside: [example('model.safetensors', '\x02\0\0\0\0\0\0\0{}')],
      },
    ],
    silent: [
      { ...example('model.safetensors', '\x02\0\0\0\0\0\0\0{}'), beside: [example('LICENSE', 'MIT\n')] },
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'repository') return []
    const folders = new Set(
      subject.files.filter(({ name }) => name.endsWith('.safetensors')).map(({ name }) => folderOf(name)),
    )
    return subject.files
      .filter(
        ({ name }) =>
          /(?:pytorch_model|diffusion_pytorch_model|adapter_model|open_clip_pytorch_model)[\w.-]*\.bin$/.test(
            name,
          ) && folders.has(folderOf(name)),
      )
      .slice(0, 20)
      .map(({ name }) => ({
        path: name,
        key: 'beside',
        message: 'loaders that do not prefer safetensors take this pickle',
      }))
  },
}
