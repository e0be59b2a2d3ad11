import { example, type ModelRule } from '../../rule.ts'

export const pathFile: ModelRule = {
  id: 'repository/path-file',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Every start of Python runs a line of this file',
  source: 'https://docs.python.org/3/library/site.html',
  taxonomy: ['CWE-506', 'CWE-94', 'AML.T0011.000'],
  why: 'In a .pth file of the site folder, Python executes each line that begins with import, at every start. A model has no use for it.',
  remedy: 'Do not install or unpack this artifact into a Python environment.',
  examples: {
    fires: [example('acme.pth', "import os; os.system('id')\n")],
    silent: [example('acme.pth', './src\n')],
  },
  check: (subject) => {
    if (subject.kind !== 'text' || !/\.pth$/i.test(subject.name)) return []
    const found = /^import[ \t][^\n]{0,300}/m.exec(subject.text)
    return found === null
      ? []
      : [
          {
            key: 'import',
            message: 'a line that Python executes at its start',
            offset: found.index,
            call: found[0],
          },
        ]
  },
}
