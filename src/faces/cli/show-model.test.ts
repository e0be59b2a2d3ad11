import { expect, test } from 'vitest'
import { digestOfHash, type Verdict } from '../../ground/domain/index.ts'
import { showCount } from './format-text.ts'
import { nextStep } from './show-model.ts'

const digest = digestOfHash(new Uint8Array(32).fill(0xaa))

function after(verdict: Verdict): string {
  const assessor = { assessor: 'model', version: '1.0.0', ruleSet: 'x' }
  return nextStep({
    digest,
    verdict,
    assessment: { assessor, startedAt: '', finishedAt: '', verdict, files: [] },
  })
}

test('only what was looked at and cleared is led to approval', () => {
  expect(nextStep({ digest, verdict: 'undecided' })).toBe('sallyport assess sha256:aaaaaaaaaaaa')
  expect(after('malicious')).toBe('sallyport reject sha256:aaaaaaaaaaaa --note "…"')
  expect(after('undecided')).toBe('sallyport show sha256:aaaaaaaaaaaa')
  for (const verdict of ['clean', 'suspicious'] as const)
    expect(after(verdict)).toBe('sallyport approve sha256:aaaaaaaaaaaa --stage staging --note "…"')
})

test('one is counted in the singular', () => {
  expect([0, 1, 2].map((count) => showCount(count, 'file'))).toEqual(['0 files', '1 file', '2 files'])
})
