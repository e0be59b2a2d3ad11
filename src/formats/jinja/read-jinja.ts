import type { JinjaView } from './jinja-ast.ts'
import { JinjaBreak } from './jinja-break.ts'
import { lexJinja } from './lex-jinja.ts'
import { parseStatements } from './parse-statements.ts'
import { TokenCursor } from './token-cursor.ts'

/**
 * Parses a template as Jinja2 with transformers' tags (`generation`, loop controls) does; what Jinja2 refuses is a
 * problem. A little more lenient than Jinja2 where that hides nothing.
 */
export function readJinja(template: string): JinjaView {
  let comments: readonly string[] = []
  try {
    const lexed = lexJinja(template)
    comments = lexed.comments
    return { statements: parseStatements(new TokenCursor(lexed.tokens)), comments, problem: undefined }
  } catch (error) {
    if (!(error instanceof JinjaBreak)) throw error
    return { statements: [], comments, problem: error.problem }
  }
}
