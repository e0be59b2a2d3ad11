import { expect, test } from 'vitest'
import { readPython } from '../../../formats/python/index.ts'
import { roleOf } from '../python/loader-hooks.ts'
import { judgeTogether, type ReadPython } from './reached-code.ts'

/** A program by its looks, which acts only where it is run or imported. */
const TOOL =
  "import subprocess, sys\nsubprocess.run(sys.argv[1:])\nif __name__ == '__main__':\n    sys.exit(0)\n"

async function levelsOf(files: Readonly<Record<string, string>>, of: string): Promise<readonly string[]> {
  const read = new Map<string, ReadPython>()
  for (const [name, text] of Object.entries(files)) {
    const view = await readPython(text)
    read.set(name, { view, role: roleOf(name, text, view) })
  }
  const judged = judgeTogether(read).get(of)
  return judged?.reached.map(({ level }) => level) ?? []
}

test.for([
  ['a loaded file imports it', { 'modeling_a.py': 'import tool\n' }, true],
  ['from the package it stands in', { 'modeling_a.py': 'from . import tool\n' }, true],
  ['a name of it', { 'modeling_a.py': 'from .tool import thing\n' }, true],
  [
    'what is imported imports it',
    { 'modeling_a.py': 'from . import b\n', 'b.py': 'from . import c\n', 'c.py': 'import tool\n' },
    true,
  ],
  ['in a circle', { 'modeling_a.py': 'from . import b\n', 'b.py': 'from . import modeling_a, tool\n' }, true],
  ['a function would import it', { 'modeling_a.py': 'def later():\n    import tool\n' }, false],
  [
    'another folder has one of that name',
    { 'modeling_a.py': 'import sub.tool\n', 'sub/tool.py': 'x = 1\n' },
    false,
  ],
  [
    'a program that nobody loads imports it',
    { 'main.py': "import tool\nif __name__ == '__main__':\n    pass\n" },
    false,
  ],
] as const)('code that runs by import: %s', async ([, files, isReached]) => {
  const levels = await levelsOf({ ...files, 'tool.py': TOOL }, 'tool.py')
  expect(levels.length > 0, JSON.stringify(levels)).toBe(isReached)
})
