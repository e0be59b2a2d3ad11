import type { PolicySentences } from '../../src/faces/http/index.ts'

/** A policy in words, for pages: no gate decides by it. */
export const FAKE_POLICY: PolicySentences = {
  name: 'default',
  digest: `sha256:${'5e'.repeat(32)}`,
  sentences: [
    {
      stage: 'development',
      text: 'Models by *acme-nlp* that carry a valid signature, hold only safetensors and were found clean need no approval.',
    },
    { stage: 'development', text: 'A scan by the assessor *model* that is at most 7 days old is wanted.' },
    { stage: 'development', text: 'A finding of the severity critical is refused, whoever waives it.' },
    { stage: 'staging', text: 'One approval by a person who did not ask for the model is wanted.' },
    { stage: 'production', text: 'Two approvals by people who did not ask for the model are wanted.' },
    { stage: 'production', text: 'A decision holds for 24 hours; then the gate asks again.' },
  ],
}
