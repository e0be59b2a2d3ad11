export { type NotebookCommand, type NotebookView, readNotebook } from './read-notebook.ts'
