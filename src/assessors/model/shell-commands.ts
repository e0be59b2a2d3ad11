/** Characters of one command that are looked at. */
const MAX_COMMAND = 20_000

const SECRETS_SENT =
  /\b(?:env|printenv|cat\s+[^\n|]{0,80}(?:\/etc\/passwd|\/etc\/shadow|\.ssh\/|\.aws\/))[^\n|]{0,60}\|\s*(?:curl|wget|nc|ncat)\b|\$\{\{\s*toJSON\(\s*secrets\s*\)[^\n]{0,200}\b(?:curl|wget|nc|ncat)\b|\b(?:curl|wget|nc|ncat)\b[^\n]{0,300}\$\{\{\s*toJSON\(\s*secrets\s*\)/i

/** What a command line does that no model needs, by pattern. Bounded texts only; no nested quantifiers. */
const ATTACKS: readonly (readonly [RegExp, string])[] = [
  [/\/dev\/(?:tcp|udp)\/[\w.$-]{1,100}\/[\w$]{1,10}/, 'opens a connection of the shell to another machine'],
  [/\b(?:nc|ncat|netcat)\b[^\n|;&]{0,80}\s-(?:\w{0,5}e|c)\b/, 'hands a shell to another machine'],
  [/\bmkfifo\b[^\n]{0,200}\b(?:nc|ncat|netcat|openssl|telnet)\b/, 'hands a shell to another machine'],
  [
    /\bbase(?:64|32)\b\s+(?:-d|-D|--decode)\b[^\n|]{0,200}\|\s*(?:sudo\s+)?(?:\/\w+\/(?:\w+\/)?)?(?:ba|z|da|k)?sh\b/,
    'runs what it decodes',
  ],
  [
    /\b(?:python[\d.]*|perl|ruby|php)\s+-[cer]\s[^\n]{0,300}(?:socket|base64|exec\(|eval\()/,
    'runs code of the command line that hides or connects',
  ],
  [
    /\bpowershell(?:\.exe)?\b[^\n]{0,100}\s-(?:e|enc|encodedcommand)\b/i,
    'runs an encoded PowerShell command',
  ],
  [
    /\b(?:IEX|Invoke-Expression)\b[^\n]{0,100}(?:DownloadString|Invoke-WebRequest|iwr)\b/i,
    'runs what it downloads',
  ],
  [
    /\brm\s+-\w{0,4}[rf]\w{0,4}\s+(?:--no-preserve-root\s+)?(?:\/|~|\$HOME)\/?(?:\s|\*|$)/,
    'deletes everything',
  ],
  [/\bcrontab\s+-(?!l\b|h\b)|>\s*\/etc\/cron/, 'plants a job'],
  [
    /\b(?:curl|wget)\b[^\n|;&]{0,300}(?:\s(?:-d|--data(?:-binary|-raw)?|-F|--post-data|--post-file|-T|--upload-file)[\s=]["']?@?[^\n]{0,200}(?:\$\((?!\s{0,9}(?:jq|date|seq)\b)|`|\$\{?\w{0,30}(?:TOKEN|KEY|SECRET|PASS)|\/etc\/|\.ssh|\.aws|env\b))/,
    'sends secrets of the machine away',
  ],
  [SECRETS_SENT, 'sends secrets of the machine away'],
]

const DOWNLOAD_AND_RUN: readonly RegExp[] = [
  /\b(?:curl|wget)\b[^\n|;]{0,400}\|\s*(?:sudo\s+)?(?:-\w+\s+)?(?:\/\w+\/(?:\w+\/)?)?(?:(?:ba|z|da|k)?sh|python[\d.]*|perl|node|ruby)\b/,
  /\b(?:ba|z|da|k)?sh\s+(?:-c\s+["']?\$\(|<\(|-c\s+["']?`)\s*(?:curl|wget)\b/,
  /\b(?:python[\d.]*|perl|ruby|node|php)\s+-[cer]\s+["']?(?:\$\(|`)\s*(?:curl|wget)\b/,
  // Without TLS, or from a machine without a name, whoever is on the way says what is run.
  /\b(?:curl|wget)\b[^\n]{0,200}\b(?:http:\/\/(?!localhost\b|127\.)|https:\/\/\d{1,3}(?:\.\d{1,3}){3})[^\n]{0,200}?\b([\w-]{1,60}\.(?:sh|py|pl|bin|run))\b[^\n]{0,100}(?:&&|;)\s*(?:sudo\s+)?(?:(?:ba|z|da)?sh|python[\d.]*|perl|source)\s+(?:\.\/)?\1/,
  /\bpip[\d.]*\s+install\b[^\n]{0,100}\s(?:git\+http:\/\/|http:\/\/\S{1,200}\.(?:whl|zip|tar\.gz)\b|(?:git\+)?https?:\/\/\d{1,3}(?:\.\d{1,3}){3}\b)/,
  /\beval\s+["']?(?:\$\(|`)\s*(?:curl|wget)\b/,
  /\b(?:curl|wget)\b[^\n]{0,400}(?:&&|;)\s*(?:sudo\s+)?chmod\s+(?:\+x|[0-7]{3,4})\s[^\n]{0,200}(?:&&|;)\s*(?:sudo\s+)?\.?\/?\S/,
  /\b(?:curl|wget)\b[^\n]{0,400}-[oO]\s*(\/tmp\/\S{1,80})[^\n]{0,100}(?:&&|;)\s*(?:sudo\s+)?(?:(?:ba|z|da)?sh|python[\d.]*)\s+\1/,
]

/** Installers whose own page tells people to pipe them into a shell. */
const INSTALLERS =
  /https:\/\/(?:sh\.rustup\.rs|repo\.(?:anaconda\.com|continuum\.io)\/miniconda\/|github\.com\/conda-forge\/miniforge\/releases\/|astral\.sh|raw\.githubusercontent\.com\/(?:nvm-sh|Homebrew|ohmyzsh|pyenv)\/|get\.docker\.com|ollama\.(?:com|ai)|install\.python-poetry\.org|deb\.nodesource\.com|packagecloud\.io|pyenv\.run|bun\.sh|micro\.mamba\.pm|dl\.yarnpkg\.com|get\.k3s\.io|sdk\.cloud\.google\.com|cli\.github\.com|bootstrap\.pypa\.io|s3\.amazonaws\.com\/.{0,40}aws-cli|aka\.ms|hf\.co\/cli|install\.determinate\.systems|download\.pytorch\.org)/

const LOGIN_FILE =
  />>?\s*["']?(?:~|\$HOME|\/root|\/home\/[\w.-]{1,40})\/\.(?:ssh\/|bashrc|bash_profile|profile|zshrc)/

/** A line of settings for later logins, as guides tell people to add: nothing in it is a command of its own, and no variable by which programs load code. */
const LOGIN_SETTING =
  /^\s{0,20}(?:RUN\s{1,9})?(?:sudo\s{1,9})?echo\s{1,9}(?:-e\s{1,9})?(["']?)(?:export\s{1,9}(?!LD_|BASH_|PROMPT_COMMAND|ENV=|PYTHON|PERL|RUBY|NODE_|GIT_|IFS)[A-Z]\w{0,60}=(?:[\w./:~+,@ -]|\$\w|\$\{\w|\}|["'\\](?!\s*>)){0,400}|ulimit(?:\s{1,9}[-\w]{1,20}){1,6}|(?:(?:conda|mamba)\s{1,9}|source\s{1,9})activate\s{1,9}[\w.-]{1,60}|(?:source|\.)\s{1,9}[\w/.~-]{0,80}(?:conda|mamba|miniforge|env)[\w.-]{0,40}\/bin\/activate)\1\s{0,9}>>\s{0,9}["']?[~$\w/.-]{1,80}["']?\s{0,20}$/

/** What a command does, when that is an attack. */
export function attackIn(command: string): string | undefined {
  const text = command.slice(0, MAX_COMMAND)
  const known = ATTACKS.find(([pattern]) => pattern.test(text))?.[1]
  if (known !== undefined || !LOGIN_FILE.test(text)) return known
  const isSetting = (part: string): boolean => !LOGIN_FILE.test(part) || LOGIN_SETTING.test(part)
  return text.split(/&&|;/).every(isSetting) ? undefined : 'changes what a login runs or admits'
}

/** The part of a command that runs what it downloads, except from well-known installers. */
export function downloadedProgramIn(command: string): string | undefined {
  const text = command.slice(0, MAX_COMMAND)
  for (const pattern of DOWNLOAD_AND_RUN) {
    const found = pattern.exec(text)
    if (found !== null && !INSTALLERS.test(text.slice(found.index, found.index + found[0].length + 200)))
      return found[0]
  }
  return undefined
}

/** What guides to a model never have people run; much else of {@link attackIn} stands in the guides of servers. */
const GUIDE_ATTACKS = new Set([
  'opens a connection of the shell to another machine',
  'hands a shell to another machine',
  'runs what it decodes',
  'runs an encoded PowerShell command',
])

/** An address without TLS or without a name, outside of this machine and its network. */
const UNNAMED_ADDRESS =
  /\bhttp:\/\/(?!localhost\b|127\.|0\.0\.0\.0|10\.|192\.168\.)|\bhttps:\/\/\d{1,3}(?:\.\d{1,3}){3}\b/i
const POWERSHELL_DOWNLOAD =
  /\b(?:iex|Invoke-Expression)\b[^\n]{0,200}\b(?:DownloadString|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b|\b(?:iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b[^\n]{0,200}\|\s{0,4}(?:iex|Invoke-Expression)\b/i

/** What a command in a guide does to whoever copies it. Named projects have people pipe their installers into a shell; that is left to the reader. */
export function guideAttackIn(command: string): string | undefined {
  const text = command.slice(0, MAX_COMMAND)
  const attack = attackIn(text)
  if (attack !== undefined && GUIDE_ATTACKS.has(attack)) return attack
  const downloaded = downloadedProgramIn(text) ?? POWERSHELL_DOWNLOAD.exec(text)?.[0]
  return downloaded !== undefined && UNNAMED_ADDRESS.test(text)
    ? 'runs what it downloads from a machine without a name or without TLS'
    : undefined
}

/** Whether a text has a command that sends the settings of the process or a file of secrets to another machine. */
export function secretsSentIn(text: string): boolean {
  return SECRETS_SENT.test(text.slice(0, MAX_COMMAND))
}

/** The program that a command line starts, without folder, `sudo` and settings before it. */
export function programOf(command: string): string {
  const words = command.trim().split(/\s+/, 12)
  const first = words.find((word) => word !== 'sudo' && !/^\w+=/.test(word) && word !== '')
  return (
    first
      ?.split('/')
      .at(-1)
      ?.replace(/\.exe$/, '') ?? ''
  )
}
