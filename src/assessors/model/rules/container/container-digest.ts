import { example, type ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const containerDigest: ModelRule = {
  id: 'container/blob-digest',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A blob of an image layout is not the one its name says',
  source: 'https://github.com/opencontainers/image-spec/blob/main/image-layout.md',
  taxonomy: ['CWE-354', 'CWE-345'],
  why: 'In an OCI layout a blob is named by its digest. One that does not match was exchanged after the manifest was written.',
  remedy: 'Pull the artifact again and verify it.',
  examples: {
    fires: [example(`blobs/sha256/${'0'.repeat(64)}`, '{}')],
    silent: [example('blobs/sha256/44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a', '{}')],
  },
  check: (subject) => observeSights(subject, 'digest'),
}
