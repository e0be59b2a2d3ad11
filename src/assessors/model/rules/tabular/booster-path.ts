import type { ModelRule } from '../../rule.ts'
import { lightgbmText } from './craft-booster.ts'

export const boosterPath: ModelRule = {
  id: 'lightgbm/file-parameter',
  severity: 'info',
  verdict: 'clean',
  title: 'The parameters of the training name files',
  source: 'https://lightgbm.readthedocs.io/en/stable/Parameters.html',
  taxonomy: ['CWE-200'],
  why: 'Loading does not open them. They tell how the machine of the training was laid out.',
  remedy: 'Save the model without its parameters if that matters.',
  examples: {
    fires: [lightgbmText({}, '[machine_list_filename: /home/ann/machines.txt]\n')],
    silent: [lightgbmText({}, '[machine_list_filename: ]\n')],
  },
  check: (subject) =>
    subject.kind === 'lightgbm' && subject.view.paths.length > 0
      ? [{ key: 'paths', message: subject.view.paths.join(' ') }]
      : [],
}
