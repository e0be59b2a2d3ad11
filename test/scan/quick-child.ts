import { createQuickScan } from '../../src/adapters/quick-scan/index.ts'

// Scans one file and ends, as a command line does: what it compiled is kept when it ends.
const [, , scriptFile = '', codeCacheFolder = ''] = process.argv
const refuse = (): never => {
  throw new Error('no workers here')
}
const quick = createQuickScan({ scriptFile, codeCacheFolder, isLast: true, openPool: refuse })
await quick.assess({
  root: '',
  files: [{ name: 'a.pkl', path: '', bytes: new Uint8Array([0x80, 2, 0x5d, 0x2e]) }],
})
