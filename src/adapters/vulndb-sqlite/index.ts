export { openVulnDbFolder } from './vulndb-folder.ts'
