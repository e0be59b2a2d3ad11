/** Characters of one value that are looked at. */
const MAX_CHARS = 100_000
const MAX_SHOWN = 160

/** What only code that acts looks like. Patterns without nested quantifiers over bounded text. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [
    /\b__import__\s*\(\s*['"](?:os|subprocess|socket|pty|shutil|builtins|importlib|ctypes|sys)\b/,
    'imports a module that acts',
  ],
  [
    /\b(?:os\.(?:system|popen|exec[lv]\w{0,3}|spawn[lv]\w{0,3}|remove|unlink)|subprocess\.(?:Popen|run|call|check_output|check_call|getoutput)|pty\.spawn|shutil\.rmtree)\s*\(\s*[bfru]?['"[]/,
    'starts a program or deletes files',
  ],
  [
    /\b(?:eval|exec)\s*\(\s*(?:compile|base64|__import__|bytes\.fromhex|codecs|zlib|marshal|open|requests|urllib)\b/,
    'runs text as code',
  ],
  [
    /\b(?:builtins|__builtins__)\s*(?:\.|\[\s*['"])(?:eval|exec|__import__|open)\b/,
    'reaches for the built-in functions',
  ],
  [/\b(?:curl|wget)\s[^|;&\n]{1,300}\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b/, 'downloads a script and runs it'],
  [/\/dev\/tcp\/[\w.-]{1,100}\/\d{1,5}/, 'connects a shell to another machine'],
  [/\bpowershell(?:\.exe)?\s[^\n]{0,100}-(?:e|enc|encodedcommand)\s/i, 'runs an encoded PowerShell command'],
  [/\b(?:os\.execute|io\.popen)\s*\(\s*['"[]/, 'starts a program from Lua'],
  [/\bRuntime\.getRuntime\(\)\s*\.exec\s*\(/, 'starts a program from Java'],
  [/\bsocket\.socket\s*\([^)]{0,80}\)[\s\S]{0,200}\.connect\s*\(/, 'opens a connection'],
]

/** Code that acts, in a value that is no program: what of it, and why it is thought so; undefined for ordinary words. */
export function codeIn(
  value: string,
): { readonly text: string; readonly why: string; readonly at: number } | undefined {
  const text = value.slice(0, MAX_CHARS)
  for (const [sign, why] of SIGNS) {
    const found = sign.exec(text)
    if (found !== null)
      return { text: text.slice(found.index, found.index + MAX_SHOWN), why, at: found.index }
  }
  return undefined
}
