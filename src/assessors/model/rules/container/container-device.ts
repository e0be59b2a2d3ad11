import { tarExample } from '../../craft-container.ts'
import type { ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const containerDevice: ModelRule = {
  id: 'container/device',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The archive holds a device or a pipe',
  source: 'https://cwe.mitre.org/data/definitions/67.html',
  taxonomy: ['CWE-67'],
  why: 'A device node gives raw access to disks or memory when the archive is unpacked by root; a pipe makes readers hang.',
  remedy: 'Do not unpack the archive.',
  examples: {
    fires: [tarExample([{ name: 'sda', type: '4' }]), tarExample([{ name: 'p', type: '6' }])],
    silent: [tarExample([{ name: 'd/', type: '5' }])],
  },
  check: (subject) => observeSights(subject, 'device'),
}
