import { example, type ModelRule } from '../../rule.ts'
import { documentWith, ORDINARY_DOCUMENTS } from './document-check.ts'

export const pageTheft: ModelRule = {
  id: 'document/page-theft',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The text holds a script against its reader',
  source: 'https://owasp.org/www-community/attacks/xss/',
  taxonomy: ['CWE-79', 'CWE-506'],
  why: 'A card or a notebook is shown in a browser that is logged in. This script sends what the browser keeps elsewhere, or acts in the name of its reader.',
  remedy: 'Take the script out, and do not trust or open the page until then.',
  examples: {
    fires: [
      example(
        'a.ipynb',
        '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "1", "outputs": [{"output_type": "display_data", "data": {"application/javascript": "kernel.execute(\'import os;os.system(1)\')"}}]}]}',
      ),
      example('README.md', '# A\n<img src=x onerror="fetch(1)">\n'),
      example(
        'a.ipynb',
        '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "1", "outputs": [{"output_type": "display_data", "data": {"text/html": "<script>fetch(1+document.cookie)</script>"}}]}]}',
      ),
      example(
        'a.ipynb',
        '{"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "<img src=x onerror=\\"fetch(1)\\">"}]}',
      ),
    ],
    silent: [
      ...ORDINARY_DOCUMENTS,
      example(
        'a.ipynb',
        '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "1", "outputs": [{"output_type": "display_data", "data": {"text/html": "<script>plot(1)</script>"}}]}]}',
      ),
    ],
  },
  check: (subject) => documentWith(subject, 'page-theft'),
}
