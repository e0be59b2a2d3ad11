export { openReviewBook } from './review-book.ts'
