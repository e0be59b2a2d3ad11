import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSettings } from '../../src/services/settings/index.ts'

const ROOT = join(import.meta.dirname, '../..')
const PAPER = readFileSync(join(ROOT, 'docs/reference/settings.md'), 'utf8')
const SOURCE = readFileSync(join(ROOT, 'src/services/settings/read-settings.ts'), 'utf8')
/** `key`, `SALLYPORT_KEY`, default. */
const ROWS = [...PAPER.matchAll(/^\| `(\w+)` \| `(SALLYPORT_\w+)` \| (?:`([^`]+)`|[^|]+) \|/gm)].map(
  ([, yaml = '', env = '', fallback]) => ({ yaml, env, fallback }),
)

/** The names that a file with an unknown word is told. */
function namesInTheCode(): readonly string[] {
  try {
    readSettings({}, () => 'noSuchSetting: 1')
  } catch (error) {
    return /known are (.+)$/.exec((error as Error).message)?.[1]?.split(', ') ?? []
  }
  return []
}

/** Settings that take a few words only. */
const WORDS: Readonly<Record<string, string>> = {
  hubMode: 'warn',
  hubAnonymous: 'yes',
  hubUpstream: 'https://hub.example',
  mlflowUpstream: 'https://mlflow.example',
  mlflowGuarded: 'canary=staging',
  mlflowOrigins: 'https://models.example',
  sagemakerRegion: 'eu-west-1',
  kubeflowUrl: 'https://kubeflow.example',
  reviewDays: '3',
  noticeWebhooks: 'https://hook.example/x',
  quotaGibPerDay: '50',
  quotaRequestsPerMinute: '600',
}
const sampleOf = (key: string) =>
  WORDS[key] ?? (/port$/i.test(key) ? '4711' : /Roots$|File$/.test(key) ? '/some/place' : 'a.example')

test('docs/reference/settings.md has every setting of sallyport.yaml, and no other', () => {
  expect(ROWS.length).toBeGreaterThan(0)
  expect(ROWS.map(({ yaml }) => yaml).sort()).toEqual([...namesInTheCode()].sort())
})

test('docs/reference/settings.md has every variable that is read, and no other', () => {
  const variables = (text: string) => [...new Set(text.match(/SALLYPORT_[A-Z][A-Z_]*[A-Z]/g))].sort()
  expect(variables(PAPER)).toEqual(variables(SOURCE))
})

/** A certificate and its key are refused alone. */
function otherHalf(yaml: string): Readonly<Record<string, string>> {
  if (yaml === 'noticeSmtpUrlFile') return { SALLYPORT_NOTICE_FROM: 'sallyport@example.com' }
  if (yaml === 'tlsCertFile') return { SALLYPORT_TLS_KEY_FILE: '/some/key' }
  return yaml === 'tlsKeyFile' ? { SALLYPORT_TLS_CERT_FILE: '/some/cert' } : {}
}

test.for(ROWS)('$yaml and $env are one setting, with the default of the table', ({ yaml, env, fallback }) => {
  const value = sampleOf(yaml)
  const byFile = readSettings(otherHalf(yaml), () => `${yaml}: "${value}"`)
  expect(readSettings({ ...otherHalf(yaml), [env]: value }, () => undefined)).toEqual(byFile)
  const unset = Object.entries(readSettings({}, () => undefined)).find(([key]) => key === yaml)?.[1]
  expect(byFile).not.toEqual(readSettings({}, () => undefined))
  expect(unset === undefined || unset.length === 0 ? undefined : String(unset)).toBe(fallback)
})
