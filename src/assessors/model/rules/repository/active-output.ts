import { example, type ModelRule } from '../../rule.ts'

export const activeOutput: ModelRule = {
  id: 'repository/active-output',
  severity: 'info',
  verdict: 'clean',
  title: 'A notebook or page holds a script for browsers',
  source: 'https://jupyter-notebook.readthedocs.io/en/stable/security.html',
  taxonomy: ['CWE-79'],
  why: 'Outputs with scripts run when the notebook is trusted or the page is opened. Plots and widgets have them too.',
  remedy: 'Clear the outputs before trusting the notebook.',
  examples: {
    fires: [
      example(
        'a.ipynb',
        '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "1", "outputs": [{"output_type": "display_data", "data": {"text/html": "<script>1</script>"}}]}]}',
      ),
      example('page.html', '<html><script>1</script></html>'),
    ],
    silent: [
      example('a.ipynb', '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "1", "outputs": []}]}'),
    ],
  },
  check: (subject) => {
    if (subject.kind === 'notebook') {
      const [first] = subject.view.activeOutputs
      return first === undefined
        ? []
        : [
            {
              key: 'outputs',
              message: `${subject.view.activeOutputs.length} outputs, the first of cell ${first.cell} as ${first.mimeType}`,
            },
          ]
    }
    if (subject.kind !== 'text' || !/\.(?:html?|xhtml|svg)$/i.test(subject.name)) return []
    const offset = subject.text.search(/<script\b/i)
    return offset < 0 ? [] : [{ key: 'page', message: 'a page with a script', offset }]
  },
}
