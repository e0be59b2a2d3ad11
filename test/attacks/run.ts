import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attackPage } from './attack-page.ts'

// `npm run docs:attacks`: writes docs/known-attacks.md anew. published.test.ts fails when it was forgotten.
writeFileSync(join(import.meta.dirname, '../../docs/known-attacks.md'), await attackPage())
