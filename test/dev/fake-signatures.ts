import { digestOfJson } from '../../src/ground/domain/index.ts'
import type { ModelDetail } from '../../src/services/registry/index.ts'

/** One signature that holds and one that was refused, as a model's page shows them. */
export const FAKE_SIGNATURES: ModelDetail['signatures'] = [
  {
    at: '2026-11-20T09:00:00.000Z',
    result: 'valid',
    bundle: digestOfJson('bundle'),
    sealed: digestOfJson('sealed'),
    method: 'keyless',
    believed: 'the training pipeline',
    identity: 'https://github.com/example/training/.github/workflows/release.yml@refs/heads/main',
    identityProvider: 'https://token.actions.githubusercontent.com',
    signedAt: '2026-11-20T08:58:11.000Z',
  },
  {
    at: '2026-11-20T09:05:00.000Z',
    result: 'refused',
    reason: 'model.safetensors is not the file that was signed: its SHA-256 differs',
    bundle: digestOfJson('other bundle'),
    sealed: digestOfJson('other sealed'),
  },
]
