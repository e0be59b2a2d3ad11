import type { ModelRule } from '../../rule.ts'
import { leadsOutside } from '../keras/outside-path.ts'
import { SAVER, savedModel } from './craft-graph.ts'

export const assetEscape: ModelRule = {
  id: 'tensorflow/asset-escape',
  severity: 'high',
  verdict: 'malicious',
  title: 'An asset of the model stands outside its folder',
  source: 'https://www.tensorflow.org/guide/saved_model',
  taxonomy: ['CWE-22', 'CWE-73'],
  why: 'Assets are read from the folder of the model by the name that stands in the graph. This name leads out of it, to any file of this computer.',
  remedy: 'Do not load or serve the model.',
  examples: {
    fires: [
      savedModel('saved_model.pb', {
        nodes: SAVER,
        assets: [{ filename: '../../../etc/passwd', tensor: 'x' }],
      }),
    ],
    silent: [
      savedModel('saved_model.pb', { nodes: SAVER, assets: [{ filename: 'vocab.txt', tensor: 'x' }] }),
    ],
  },
  check: (subject) =>
    subject.kind !== 'tensorflow'
      ? []
      : subject.view.assets
          .filter(({ filename }) => leadsOutside(filename))
          .slice(0, 20)
          .map(({ filename, tensor }) => ({
            key: filename,
            message: `the asset ${filename} is read into ${tensor}`,
          })),
}
