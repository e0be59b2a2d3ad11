export type { Home, House } from './house.ts'
export { runCli } from './run-cli.ts'
