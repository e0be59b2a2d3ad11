export { type NotebookView, readNotebook } from './read-notebook.ts'
