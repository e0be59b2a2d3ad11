import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listFiles } from './list-files.ts'

test('what cannot be asked for is refused by name, and the rest is listed', async () => {
  const root = await mkdtemp(join(tmpdir(), 'list-files-'))
  try {
    await writeFile(join(root, 'a.pkl'), 'N.')
    // Folders in folders until a path is longer than any call takes; permissions would not stop root.
    execFileSync('sh', [
      '-c',
      'cd "$1"; name=$(printf "%0200d" 0); for i in $(seq 1 19); do mkdir "$name"; cd "$name"; done; mkdir -p "$name/$name/$name"',
      'sh',
      root,
    ])
    const { files, refused } = await listFiles(root)
    expect(files.map(({ name }) => name)).toEqual(['a.pkl'])
    expect(refused).toHaveLength(1)
    expect(refused[0]?.reason).toContain('ENAMETOOLONG')
  } finally {
    execFileSync('rm', ['-rf', root])
  }
})

test('without sizes the same is listed and refused', async () => {
  const root = await mkdtemp(join(tmpdir(), 'list-files-'))
  try {
    await mkdir(join(root, 'sub/.git'), { recursive: true })
    for (const name of ['b.pkl', 'a.pkl', 'sub/c.pkl', 'sub/.git/d']) await writeFile(join(root, name), 'N.')
    await symlink('b.pkl', join(root, 'inside'))
    await symlink('/etc/hostname', join(root, 'outside'))
    await symlink('sub', join(root, 'folder'))
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(root, 'pipe')])
    const [with_, without] = [await listFiles(root), await listFiles(root, { withoutSizes: true })]
    const namesOf = ({ files }: typeof with_) => files.map(({ name, path }) => ({ name, path }))
    expect(namesOf(without)).toEqual(namesOf(with_))
    expect(without.files.map(({ name }) => name)).toEqual(['a.pkl', 'b.pkl', 'inside', 'sub/c.pkl'])
    expect({ ...without, files: [] }).toEqual({ ...with_, files: [] })
    expect(without.refused).toHaveLength(3)
  } finally {
    execFileSync('rm', ['-rf', root])
  }
})
