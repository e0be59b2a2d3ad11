import { example, type ModelRule } from '../../rule.ts'
import { findPasswords } from '../../words/secrets/find-passwords.ts'
import { mask } from '../../words/secrets/randomness.ts'
import { scramble } from './craft-secret.ts'

/** Texts that explain: what stands there is made up. */
const MANUAL = /\.(?:md|rst|html?|ipynb|txt)$|(?:^|\/)(?:README|CHANGELOG)/i
const SETTINGS = /\.(?:ya?ml|env|ini|cfg|conf|toml|properties)$|(?:^|\/)\.env/i

export const password: ModelRule = {
  id: 'secret/password',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A setting holds what looks like a real password',
  source: 'https://cwe.mitre.org/data/definitions/259.html',
  taxonomy: ['CWE-259', 'CWE-798', 'AML.T0055'],
  why: 'Whoever has the model has the password, and what it opens.',
  remedy: 'Change the password, and take it from the environment instead.',
  examples: {
    fires: [
      example(
        'config.json',
        JSON.stringify({ db: { password: `${scramble(12, 21)}!${scramble(8, 22)}9a` } }),
      ),
      example('deploy.yaml', `env:\n  API_KEY: ${scramble(32, 23)}7aZ\n`),
    ],
    silent: [
      example(
        'config.json',
        '{"password": "changeme", "api_key": null, "pad_token": "<|endoftext|>", "secret_key": "os.environ.get", "auth_token": "YOUR_TOKEN_HERE_PLEASE"}',
      ),
      example('README.md', `password = "${scramble(24, 24)}!7"`),
      example(
        'run.py',
        'api_key = "my_super_long_api_name"\npassword = "correct-horse-battery-staple"\naccess_token = "{{ token }}"\n',
      ),
      example(
        'settings.yaml',
        'password_file: /run/secrets/database-password-2024\napi_key: $API_KEY_OF_THE_SERVICE\n',
      ),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'text' || MANUAL.test(subject.name)) return []
    return findPasswords(subject.text, SETTINGS.test(subject.name)).map(({ secret, at }) => ({
      key: `${subject.name}:${mask(secret)}:${at}`,
      message: `${subject.name} sets a password or key to ${mask(secret)} (character ${at})`,
    }))
  },
}
