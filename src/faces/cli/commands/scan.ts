import { buildCommand } from '@stricli/core'
import { type CliContext, print } from '../context.ts'
import { scanAndPrint } from '../scan-and-print.ts'
import { SCAN_FLAGS, type ScanFlags } from '../scan-flags.ts'
import { rulePageLines } from '../show-rule.ts'
import { pageOfRule } from './rules.ts'

export const scanCommand = buildCommand({
  async func(this: CliContext, flags: ScanFlags, ...named: readonly string[]) {
    const { explain } = flags
    if (explain !== undefined) {
      const { rule, fires, silent } = await pageOfRule(this, explain)
      print(this, flags, { kind: 'rule', rule, fires, silent }, () =>
        rulePageLines({ rule, fires, silent }, this.io.width),
      )
      return
    }
    this.process.exitCode = await scanAndPrint(this, flags, named)
  },
  parameters: {
    flags: SCAN_FLAGS,
    positional: {
      kind: 'array',
      parameter: { parse: String, brief: 'Model files and folders', placeholder: 'path' },
    },
  },
  docs: {
    brief: 'Look for what loading a model would do, without loading it',
    fullDescription: [
      'Reads model files without executing them, the insides of archives too.',
      'Exit code: 0 clean, 1 malicious, 2 undecided, 3 usage, 4 suspicious; of several files the worst.',
      'Globs: * and ? inside one part of a name, ** for any parts, [a-z], {a,b}; without a / they match in every folder.',
    ].join('\n'),
    customUsage: [
      { input: 'model.pt', brief: 'one file' },
      { input: 'models/ --json', brief: 'a folder, for a program' },
      {
        input: 'models/ --report sarif=scan.sarif --report junit=scan.xml',
        brief: 'two reports from one scan',
      },
      {
        input: '. --exclude "*.md" --fail-on malicious',
        brief: 'in a pipeline that looks at suspicious files later',
      },
      { input: 'models/ --write-baseline known.json', brief: 'accept what is there, count what is new' },
      { input: '--explain pickle/active-import', brief: 'what a rule means' },
    ],
  },
})
