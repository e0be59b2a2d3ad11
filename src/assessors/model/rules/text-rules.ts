import type { ModelRule } from '../rule.ts'
import { agentOrder } from './text/agent-order.ts'
import { attackCommand } from './text/attack-command.ts'
import { codeInMetadata } from './text/code-in-metadata.ts'
import { endlessTemplate } from './text/endless-template.ts'
import { hiddenInstruction } from './text/hidden-instruction.ts'
import { hiddenName } from './text/hidden-name.ts'
import { hiddenOrder } from './text/hidden-order.ts'
import { inclusion } from './text/inclusion.ts'
import { invisibleText } from './text/invisible-text.ts'
import { pageTheft } from './text/page-theft.ts'
import { poisonedTemplate } from './text/poisoned-template.ts'
import { sandboxEscape } from './text/sandbox-escape.ts'
import { templateTrigger } from './text/template-trigger.ts'
import { unseenText } from './text/unseen-text.ts'
import { yamlBomb } from './text/yaml-bomb.ts'
import { yamlObject } from './text/yaml-object.ts'
import { yamlUnknownObject } from './text/yaml-unknown-object.ts'

/** Rules for texts: YAML, JSON, templates, Python. A new rule is one file in text/ and one line here. */
export const TEXT_RULES: readonly ModelRule[] = [
  sandboxEscape,
  hiddenName,
  inclusion,
  endlessTemplate,
  poisonedTemplate,
  templateTrigger,
  hiddenInstruction,
  invisibleText,
  yamlObject,
  yamlUnknownObject,
  yamlBomb,
  codeInMetadata,
  hiddenOrder,
  unseenText,
  agentOrder,
  attackCommand,
  pageTheft,
]
