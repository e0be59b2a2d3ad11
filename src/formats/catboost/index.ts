export { type CatboostView, looksLikeCatboost, readCatboost } from './read-catboost.ts'
