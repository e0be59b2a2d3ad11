export { createWebSource } from './web-source.ts'
