export { looksLikeSevenZip, readSevenZip } from './read-sevenzip.ts'
export type {
  SevenZipCoder,
  SevenZipEntry,
  SevenZipFolder,
  SevenZipView,
  UnpackFolder,
} from './sevenzip-view.ts'
export { type SevenZipFilter, undoFilter } from './undo-filter.ts'
