import { example, type ModelRule } from '../../rule.ts'
import { configWith } from './config-check.ts'

/** An image manifest of one layer with a title, for examples. */
const manifest = (title: string, annotation = 'org.opencontainers.image.title') =>
  example(
    'manifest.json',
    JSON.stringify({
      schemaVersion: 2,
      layers: [{ mediaType: 'application/octet-stream', size: 1, annotations: { [annotation]: title } }],
    }),
  )
const kit = (path: string) =>
  example('Kitfile.yaml', `manifestVersion: "1.0"\npackage:\n  name: m\ncode:\n- path: ${path}\n`)

export const escapingLayer: ModelRule = {
  id: 'config/escaping-layer',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Pulling the artifact writes outside its folder',
  source: 'https://github.com/oras-project/oras-go/blob/main/content/file/file.go',
  taxonomy: ['CWE-22', 'CWE-73', 'AML.T0010'],
  why: 'Clients of a registry write each layer of a model under the name that its annotation or its Kitfile gives. A name that climbs out of the folder replaces files of whoever pulls it.',
  remedy: 'Do not pull the artifact, and report it where it came from.',
  examples: {
    fires: [
      manifest('../../../home/u/.bashrc'),
      manifest('/etc/cron.d/x', 'org.cncf.model.filepath'),
      kit('../../.ssh'),
    ],
    silent: [manifest('model/model.safetensors'), manifest('../x', 'org.example.note'), kit('./src')],
  },
  check: (subject) => configWith(subject, 'escaping-layer'),
}
