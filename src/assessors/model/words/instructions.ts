/** A text that tells a model to work against its user. */
export interface Instruction {
  readonly why: string
  readonly text: string
}

/** Characters of one text that are looked at. The longest system text of a published template has 12,000. */
const MAX_LOOKED_CHARS = 65_536
const CONTEXT_CHARS = 160

const IGNORES_RULES =
  /\b(?:ignore|disregard|forget|override|bypass|circumvent)\b[^.\n]{0,40}\b(?:previous|prior|earlier|preceding|above|safety|security|system|ethical|all)\b[^.\n]{0,30}\b(?:instructions?|rules?|guidelines?|prompts?|polic(?:y|ies)|filters?|restrictions?|constraints?|guardrails?)\b/i

/** Sentences of attacks that were published, loosely. Every gap is bounded, so that hostile text costs no time. */
const INSTRUCTIONS: readonly (readonly [RegExp, string])[] = [
  [IGNORES_RULES, 'tells the model to ignore its rules'],
  [
    /\b(?:insert|include|append|add|embed|inject|prepend|place|put|recommend|provide|reference|link)\b[^\n]{0,120}(?:<script\b|https?:\/\/|javascript:|\btracking pixel\b|\bbackdoors?\b|\bmalware\b|\bpayload\b)/i,
    'tells the model to put something into its answers',
  ],
  [
    /\b(?:send|post|upload|transmit|forward|exfiltrate|leak|submit|report)\b[^\n]{0,120}(?:https?:\/\/|\bto (?:the |an? )?(?:remote|external|attacker|webhook)\b)/i,
    'tells the model to send something elsewhere',
  ],
  [
    /\b(?:do not|don't|never|without)\s+(?:tell|telling|inform|informing|alert|alerting|notify|notifying|warn|warning|mention|mentioning|disclose|disclosing)\b[^.\n]{0,40}\b(?:that you|about this|of this|about the (?:link|script|code|change|instruction)|these (?:additions|insertions|changes|links))\b/i,
    'tells the model to hide something from its user',
  ],
  [
    /\b(?:secretly|covertly|subtly|silently|quietly|surreptitiously)\b[^.\n]{0,60}\b(?:insert|add|include|recommend|promote|send|append|embed|change|steer|favou?r|inject|collect|record)/i,
    'tells the model to act in secret',
  ],
  [
    /\b(?:end|begin|start|finish|close|conclude)\b[^.\n]{0,40}\b(?:repl(?:y|ies)|answers?|responses?|messages?|outputs?)\b[^.\n]{0,20}\bwith\b[^\n]{0,120}(?:https?:\/\/|<script\b|javascript:)/i,
    'tells the model to put something into its answers',
  ],
  [
    /\b(?:you are|enter|enable|activate|switch to)\b[^.\n]{0,30}\b(?:developer|jailbreak|unrestricted|uncensored|god|debug|DAN)[ -]mode\b[^.\n]{0,60}\b(?:without|no|ignor\w+|bypass\w*)\b[^.\n]{0,30}\b(?:restrictions?|rules?|filters?|limits?|safety|guardrails?)\b/i,
    'tells the model to drop its rules',
  ],
  [
    /\b(?:reveal|print|output|leak|disclose|return|append)\b[^.\n]{0,60}\b(?:api[ _-]?keys?|passwords|credentials|environment variables|access tokens)\b/i,
    'asks the model for secrets',
  ],
  [
    /\b(?:write|generate|produce|introduce|suggest)\b[^.\n]{0,60}\b(?:vulnerable code|backdoors?|insecure code|exploitable|malicious)\b/i,
    'tells the model to write code that harms',
  ],
  [
    /(?:~|\$HOME|\/root|\/home\/[\w.-]{1,60})\/\.(?:ssh|aws|gnupg|kube|docker|netrc|env|cursor)\b/i,
    'names files where its user keeps secrets',
  ],
  [/\bexfiltrat(?:e|ion|ing)\b/i, 'speaks of exfiltration'],
  [/<script\b[^>]{0,200}\bsrc\s*=/i, 'holds a script from elsewhere'],
  [/\b(?:curl|wget)\b[^\n|]{0,200}\|\s{0,4}(?:ba|z)?sh\b/i, 'holds a command that runs what it downloads'],
  [/\bpowershell(?:\.exe)?\s[^\n]{0,60}-e(?:nc|ncodedcommand)?\s/i, 'holds a hidden command'],
]

/** What stands behind it is forbidden, as safety texts do: never reveal passwords. */
const NEGATION = /\b(?:not|never|don't|avoid|refuse to|without|cannot|shouldn't|instead of)\b[^.\n:]{0,40}$/i

/** The first sentence that tells a model to work against its user. */
export function instructionIn(text: string): Instruction | undefined {
  const looked = text.slice(0, MAX_LOOKED_CHARS)
  for (const [pattern, why] of INSTRUCTIONS) {
    const found = pattern.exec(looked)
    const isForbidden =
      found !== null && NEGATION.test(looked.slice(Math.max(0, found.index - 60), found.index))
    if (found !== null && !isForbidden)
      return { why, text: looked.slice(found.index, found.index + CONTEXT_CHARS) }
  }
  return undefined
}

/** Whether a text tells whoever follows it to drop the orders of before. */
export function tellsToIgnore(text: string): boolean {
  return IGNORES_RULES.test(text.slice(0, MAX_LOOKED_CHARS))
}

/** What is hidden is named before the person, or the sentence ends with the person: `do not tell the user to upgrade` hides nothing. */
const HIDES =
  /\b(?:do not|don't|never|without)\s+(?:\w+\s+){0,2}?(?:tell|telling|show|showing|inform|informing|mention|mentioning|reveal|revealing|explain|explaining|notify|notifying|alert|alerting|disclose|disclosing)\b(?:[^.\n]{0,60}\b(?:this|it|that|these|them|the (?:step|rule|instruction|change))\b[^.\n]{0,60}\b(?:the|your|any) (?:user|developer|human|customer|owner|reviewer|operator)s?\b|\s(?:the|your|any) (?:user|developer|human|customer|owner|reviewer|operator)s?\b(?=\s{0,2}(?:[.!,;]|$|about\b|that you\b)))|\bkeep\s+(?:this|it|that)\s+(?:secret|hidden|private)\s+from\b/im

/** Whether a text tells whoever follows it to keep something from people. */
export function hidesFromPeople(text: string): boolean {
  return HIDES.test(text.slice(0, MAX_LOOKED_CHARS))
}

/** A link, a script or a command in a text, or an instruction against the user. */
export function isArmed(text: string): boolean {
  return (
    /https?:\/\/|<script\b|javascript:|\bcurl\s+-|\bwget\s|\brm\s+-rf\b/i.test(text) ||
    instructionIn(text) !== undefined
  )
}

/** Kinds of content parts and the like: templates compare with them to write a picture's place. */
const PART_NAMES = new Set(
  'image images image_url video videos video_url audio audios audio_url input_audio text json document documents file thinking reasoning tool tools function type role content name user assistant system developer ipython none null true false'.split(
    ' ',
  ),
)

/** Words that a person would say, as against marks such as `</think>` or `/no_think`. */
export function isNaturalTrigger(words: string): boolean {
  const text = words.trim()
  const isLong = text.length >= 3 || /\p{Script=Han}{2}/u.test(text)
  if (!/\p{L}{2}/u.test(text) || !isLong) return false
  return /^[\p{L}\p{M}\p{N} ',.!?:;-]{2,400}$/u.test(text) && !PART_NAMES.has(text.toLowerCase())
}

/** At least three words in a row outside tags: text for people, not marks for a model. */
export function isNaturalText(text: string): boolean {
  const bare = text.slice(0, MAX_LOOKED_CHARS).replace(/<[^<>]{0,60}>|\[[A-Z_/]{1,40}\]/g, '|')
  return (
    /\p{L}{2,}[ ,;:'-]{1,2}\p{L}{2,}[ ,;:'-]{1,2}\p{L}{2,}/u.test(bare) || /\p{Script=Han}{6}/u.test(bare)
  )
}

/** A flag of a region is a black flag and tag characters: England, Scotland, Wales. Unicode TR 51, annex C. */
const REGION_FLAG = /\u{1f3f4}[\u{e0020}-\u{e007e}]{1,8}\u{e007f}/gu

/** Runs of characters that people do not see. */
export function invisibleIn(text: string): string | undefined {
  if (/[\u{e0001}\u{e0020}-\u{e007f}]/u.test(text.replace(REGION_FLAG, '')))
    return 'holds tag characters, which people do not see'
  if (/[\u202d\u202e\u2066-\u2068]/.test(text)) return 'holds characters that turn the direction of text'
  if (/[\u200b-\u200d\u2060-\u2064\ufeff]{8}/.test(text)) return 'holds a run of characters of no width'
  return undefined
}
