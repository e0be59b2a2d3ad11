export { looksLikeSevenZip, readSevenZip } from './read-sevenzip.ts'
export type {
  SevenZipCoder,
  SevenZipEntry,
  SevenZipFolder,
  SevenZipView,
} from './sevenzip-view.ts'
export { undoFilter } from './undo-filter.ts'
