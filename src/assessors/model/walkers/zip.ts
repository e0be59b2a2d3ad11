import { looksLikeZip } from '../../../formats/zip/index.ts'
import { walkZip } from '../walk-zip.ts'
import type { FormatWalker } from '../walker.ts'

export const zipWalker: FormatWalker = {
  format: 'zip',
  recognizes: ({ head }) => looksLikeZip(head),
  walk: walkZip,
}
