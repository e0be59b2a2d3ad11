import type { JinjaProblem } from './jinja-ast.ts'

/** The template cannot be read further. Caught by readJinja only. */
export class JinjaBreak extends Error {
  readonly problem: JinjaProblem

  constructor(kind: JinjaProblem['kind'], message: string, at: number) {
    super(message)
    this.name = 'JinjaBreak'
    this.problem = { kind, message, at }
  }
}
