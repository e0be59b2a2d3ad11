import { craftZip } from '../../craft-zip.ts'
import type { ModelRule } from '../../rule.ts'

/** Where torch.export puts compiled programs, and what of it is loaded as machine code. */
const LIBRARY = /(^|\/)(data\/)?aotinductor\/.*\.(so|dll|dylib|pyd|o|obj|a|cubin|hsaco|fatbin)$/i

export const torchScriptNativeLibrary: ModelRule = {
  id: 'torchscript/native-library',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The package brings a compiled library that is loaded with it',
  source: 'https://docs.pytorch.org/docs/stable/torch.compiler_aot_inductor.html',
  taxonomy: ['CWE-829', 'AML.T0010.001'],
  why: 'AOTInductor compiles a model to a shared library. Loading the package runs that library with all rights of the user, and no scanner can say what it does.',
  remedy:
    'Compile the package yourself from the exported program, or load it only where code of its author may run.',
  examples: {
    fires: [
      {
        ...craftZip([
          { name: 'm/data/aotinductor/model/a.so', text: 'x' },
          { name: 'm/archive_format', text: 'pt2' },
        ]),
        name: 'a.pt2',
      },
    ],
    silent: [
      {
        ...craftZip([
          { name: 'm/models/model.json', text: '{"graph_module":{}}' },
          { name: 'm/archive_format', text: 'pt2' },
        ]),
        name: 'b.pt2',
      },
    ],
  },
  check: (subject) =>
    subject.kind === 'zip'
      ? subject.view.members
          .filter(({ name }) => LIBRARY.test(name))
          .slice(0, 20)
          .map(({ name }) => ({ key: name, message: `${name.slice(0, 200)} is machine code that is loaded` }))
      : [],
}
