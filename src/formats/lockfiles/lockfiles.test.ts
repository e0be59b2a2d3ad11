import fc from 'fast-check'
import { parse } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { isPackageList, kindOfList, type PackageList, readOsRelease } from './index.ts'

const HASH = 'a'.repeat(64)

function read(path: string, text: string): PackageList {
  const kind = kindOfList(path, text)
  if (kind === undefined) throw new Error(`${path} is no list`)
  if (kind.syntax === 'text') return kind.read(text, path)
  const value =
    kind.syntax === 'toml' ? parse(text) : kind.syntax === 'json' ? JSON.parse(text) : parseYaml(text)
  return kind.read({ path, text, value })
}

/** What matters of a component, in one line. */
function sayAll(list: PackageList): readonly string[] {
  return list.components.map((one) =>
    [
      one.purl,
      one.constraint,
      one.relation === 'unknown' ? undefined : one.relation,
      one.hashes.map(({ algorithm }) => algorithm).join('+'),
      one.origin === undefined
        ? undefined
        : `${one.origin.kind}${one.origin.commit === undefined ? '' : '@commit'}`,
      one.isDevelopment === true ? 'dev' : undefined,
      one.isEditable === true ? 'editable' : undefined,
      one.hasInstallScript === true ? 'script' : undefined,
      one.dependsOn.length === 0 ? undefined : `→${one.dependsOn.join(',')}`,
      one.location.line === undefined ? undefined : `:${one.location.line}`,
    ]
      .filter((part) => part !== undefined && part !== '')
      .join(' '),
  )
}

const COMMIT = '0123456789abcdef0123456789abcdef01234567'

test.for([
  [
    'a pin with hashes over lines',
    `torch==2.1.0 \\\n  --hash=sha256:${HASH} \\\n  --hash=sha512:${'b'.repeat(128)}\n`,
    ['pkg:pypi/torch@2.1.0 ==2.1.0 direct sha256+sha512 :1'],
  ],
  [
    'extras and markers',
    'Torch_Vision[a, b] >= 1, <2 ; python_version < "3.9" # why\n',
    ['pkg:pypi/torch-vision >= 1,<2 direct :1'],
  ],
  ['a wildcard is no pin', 'x==1.*', ['pkg:pypi/x ==1.* direct :1']],
  [
    'a commit',
    `-e git+https://u:p@h.example/x.git@${COMMIT}#egg=x`,
    ['pkg:pypi/x direct vcs@commit editable :1'],
  ],
  ['a branch', 'x @ git+https://h.example/x@main ; python_version > "3"', ['pkg:pypi/x direct vcs :1']],
  ['a file elsewhere', 'https://h.example/torch-2.0-py3-none-any.whl', ['pkg:pypi/torch direct url :1']],
  ['a folder', './lib\n', ['pkg:pypi/lib direct path :1']],
] as const)('requirements: %s', ([, text, expected]) => {
  const list = read('requirements.txt', text)
  expect(sayAll(list)).toEqual(expected)
  expect(list.problems).toEqual([])
})

test('requirements: options, includes and what is none of it', () => {
  const text =
    '-i https://u:secret@i.example/simple\n--extra-index-url=https://j.example\n--trusted-host j.example\n-r more/b.txt\n-cpins.txt\n--no-binary :all:\n--frob\n!!\n'
  const list = read('a/requirements-dev.txt', text)
  expect(list.options.map(({ option, value, line }) => `${option} ${value} ${line}`)).toEqual([
    '--index-url https://i.example/simple 1',
    '--extra-index-url https://j.example 2',
    '--trusted-host j.example 3',
  ])
  expect(list.includes).toEqual([
    { kind: 'requirements', path: 'more/b.txt', line: 4 },
    { kind: 'constraints', path: 'pins.txt', line: 5 },
  ])
  expect(list.problems.map(({ line }) => line)).toEqual([7, 8])
})

const LOCKS = [
  [
    'Pipfile.lock',
    JSON.stringify({
      _meta: {
        sources: [
          { url: 'https://pypi.org/simple', verify_ssl: true },
          { url: 'https://b.example', verify_ssl: false },
        ],
      },
      default: {
        torch: { version: '==2.1.0', hashes: [`sha256:${HASH}`] },
        x: { git: 'https://h.example/x', ref: COMMIT },
      },
      develop: { pytest: { version: '==8.0.0' } },
    }),
    ['pkg:pypi/torch@2.1.0 sha256', 'pkg:pypi/x vcs@commit', 'pkg:pypi/pytest@8.0.0 dev'],
  ],
  [
    'poetry.lock',
    `[[package]]\nname = "Jinja2"\nversion = "3.1.0"\nfiles = [{file = "j.whl", hash = "sha256:${HASH}"}]\n[package.dependencies]\nMarkupSafe = ">=2"\n[[package]]\nname = "x"\nversion = "1"\n[package.source]\ntype = "git"\nurl = "https://h.example/x.git"\nreference = "main"\nresolved_reference = "${COMMIT}"\n`,
    ['pkg:pypi/jinja2@3.1.0 sha256 →MarkupSafe :2', 'pkg:pypi/x@1 vcs@commit :8'],
  ],
  [
    'uv.lock',
    `version = 1\n[[package]]\nname = "app"\nversion = "0"\nsource = { virtual = "." }\ndependencies = [{ name = "torch" }]\n[[package]]\nname = "torch"\nversion = "2.1.0"\nsource = { registry = "https://pypi.org/simple" }\ndependencies = [{ name = "sympy" }]\nwheels = [{ url = "https://h.example/t.whl", hash = "sha256:${HASH}" }]\n[[package]]\nname = "sympy"\nversion = "1.12"\nsource = { git = "https://h.example/s?rev=a#${COMMIT}" }\n`,
    [
      'pkg:pypi/torch@2.1.0 direct sha256 registry →sympy :8',
      'pkg:pypi/sympy@1.12 transitive vcs@commit :14',
    ],
  ],
  [
    'pdm.lock',
    `[[package]]\nname = "torch"\nversion = "2.1.0"\ngroups = ["dev"]\ndependencies = ["sympy>=1"]\nfiles = [{file = "t.whl", hash = "sha256:${HASH}"}]\n`,
    ['pkg:pypi/torch@2.1.0 sha256 dev →sympy :2'],
  ],
  [
    'pylock.dev.toml',
    `lock-version = "1.0"\n[[packages]]\nname = "torch"\nversion = "2.1.0"\nwheels = [{name = "t.whl", hashes = {sha256 = "${HASH}"}}]\n[[packages]]\nname = "x"\n[packages.vcs]\ntype = "git"\nurl = "https://h.example/x"\ncommit-id = "${COMMIT}"\n`,
    ['pkg:pypi/torch@2.1.0 sha256 :3', 'pkg:pypi/x vcs@commit :7'],
  ],
  [
    'pyproject.toml',
    '[build-system]\nrequires = ["hatchling"]\n[project]\ndependencies = ["torch>=2", "x==1.0"]\n[tool.poetry.dependencies]\npython = "^3.9"\ny = "^1.2"\nz = {git = "https://h.example/z.git"}\n',
    [
      'pkg:pypi/torch >=2 direct :4',
      'pkg:pypi/x@1.0 ==1.0 direct :4',
      'pkg:pypi/hatchling direct dev :2',
      'pkg:pypi/y ^1.2 direct :7',
      'pkg:pypi/z direct vcs :8',
    ],
  ],
  [
    'environment.yml',
    'channels: [conda-forge]\ndependencies:\n  - python=3.11\n  - numpy==1.26.4\n  - conda-forge::scipy=1.11.0=py311_0\n  - pip:\n    - torch==2.1.0\n',
    [
      'pkg:conda/python =3.11 direct :3',
      'pkg:conda/numpy@1.26.4 ==1.26.4 direct :4',
      'pkg:conda/scipy@1.11.0 =1.11.0=py311_0 direct registry :5',
      'pkg:pypi/torch@2.1.0 ==2.1.0 direct',
    ],
  ],
  [
    'conda-lock.yml',
    `package:\n  - name: numpy\n    version: 1.26.4\n    manager: conda\n    dependencies: {python: ">=3", __glibc: ">=2"}\n    hash: {md5: ${'c'.repeat(32)}, sha256: ${HASH}}\n  - name: torch\n    version: 2.1.0\n    manager: pip\n    hash: {sha256: ${HASH}}\n`,
    ['pkg:conda/numpy@1.26.4 md5+sha256 →python :2', 'pkg:pypi/torch@2.1.0 sha256 :7'],
  ],
  [
    'conda-linux.lock',
    `@EXPLICIT\nhttps://c.example/linux-64/numpy-1.26.4-py311_0.conda#${'c'.repeat(32)}\n`,
    ['pkg:conda/numpy@1.26.4 md5 :2'],
  ],
  [
    'a.dist-info/METADATA',
    'Metadata-Version: 2.1\nName: Flask_Login\nVersion: 0.6\nRequires-Dist: flask>=2\nRequires-Dist: pytest; extra == "test"\n\nName: liar\n',
    ['pkg:pypi/flask-login@0.6 →flask'],
  ],
  [
    'package.json',
    '{\n "dependencies": {"a": "1.2.3", "b": "^1.0.0", "c": "github:x/y", "d": "npm:real@2.0.0"},\n "devDependencies": {"e": "*"}\n}',
    [
      'pkg:npm/a@1.2.3 1.2.3 direct',
      'pkg:npm/b ^1.0.0 direct',
      'pkg:npm/c github:x/y direct vcs',
      'pkg:npm/real@2.0.0 2.0.0 direct',
      'pkg:npm/e * direct dev',
    ],
  ],
  [
    'package-lock.json',
    JSON.stringify(
      {
        lockfileVersion: 3,
        packages: {
          '': { dependencies: { '@s/a': '^1' } },
          'node_modules/@s/a': {
            version: '1.0.0',
            resolved: 'https://r.example/@s/a/-/a-1.0.0.tgz',
            integrity: `sha512-${Buffer.alloc(64).toString('base64')}`,
            hasInstallScript: true,
            dependencies: { b: '1' },
          },
          'node_modules/@s/a/node_modules/b': { version: '2.0.0', dev: true },
          'node_modules/w': { link: true },
        },
      },
      undefined,
      1,
    ),
    ['pkg:npm/%40s/a@1.0.0 direct sha512 registry script →b :9', 'pkg:npm/b@2.0.0 transitive dev :18'],
  ],
  [
    'npm-shrinkwrap.json',
    JSON.stringify({
      lockfileVersion: 1,
      dependencies: {
        a: {
          version: '1.0.0',
          requires: { b: '1' },
          dependencies: { b: { version: 'git+https://h.example/b.git#main' } },
        },
      },
    }),
    ['pkg:npm/a@1.0.0 →b', 'pkg:npm/b vcs'],
  ],
  [
    'pnpm-lock.yaml',
    "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a: {specifier: ^1, version: 1.0.0(p@1)}\npackages:\n  a@1.0.0:\n    resolution: {integrity: sha512-" +
      Buffer.alloc(64).toString('base64') +
      "}\n  '@s/b@2.0.0':\n    resolution: {tarball: https://h.example/b.tgz}\n    requiresBuild: true\nsnapshots:\n  a@1.0.0:\n    dependencies: {'@s/b': 2.0.0}\n",
    ['pkg:npm/a@1.0.0 direct sha512 →@s/b :7', 'pkg:npm/%40s/b@2.0.0 transitive url script :9'],
  ],
  [
    'yarn.lock',
    '# yarn lockfile v1\n\n"@s/a@^1.0.0", "@s/a@^1.1.0":\n  version "1.2.0"\n  resolved "https://r.example/@s/a/-/a-1.2.0.tgz#' +
      '0'.repeat(40) +
      '"\n  dependencies:\n    b "^2"\n\nb@^2:\n  version "2.0.1"\n',
    ['pkg:npm/%40s/a@1.2.0 sha1 registry →b :3', 'pkg:npm/b@2.0.1 :9'],
  ],
  [
    'web/yarn.lock',
    '__metadata:\n  version: 8\n\n"a@npm:^1.0.0":\n  version: 1.2.0\n  resolution: "a@npm:1.2.0"\n  dependencies:\n    b: "npm:^2"\n  linkType: hard\n\n"w@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "w@workspace:."\n  linkType: soft\n',
    ['pkg:npm/a@1.2.0 →b :4'],
  ],
  [
    'root/var/lib/dpkg/status',
    'Package: libssl3\nStatus: install ok installed\nSource: openssl (3.0.11-1)\nVersion: 3.0.11-1~deb12u2\nDepends: libc6 (>= 2.34), zlib1g | x\nDescription: a\n b\n\nPackage: gone\nStatus: deinstall ok config-files\n',
    ['pkg:deb/debian/libssl3@3.0.11-1~deb12u2 →libc6,zlib1g :1'],
  ],
  [
    'root/lib/apk/db/installed',
    `C:Q1${Buffer.alloc(20).toString('base64')}\nP:musl\nV:1.2.4-r2\no:musl\n\n`,
    ['pkg:apk/alpine/musl@1.2.4-r2 sha1 :1'],
  ],
] as const

test.for(LOCKS)('%s', ([path, text, expected]) => {
  const list = read(path, text)
  expect(sayAll(list)).toEqual(expected)
  expect(list.problems).toEqual([])
})

test('what npm runs at installation is told', () => {
  const { scripts } = read('package.json', '{"scripts":{"test":"x","postinstall":"curl a"}}')
  expect(scripts).toEqual([{ name: 'postinstall', command: 'curl a' }])
})

test('a source that is not checked is told', () => {
  const { options } = read('Pipfile.lock', LOCKS[0][1])
  expect(options.map(({ option }) => option)).toEqual(['--index-url', '--extra-index-url', '--trusted-host'])
})

test('a release', () => {
  expect(readOsRelease('NAME="Debian"\nID=debian\nVERSION_ID="12"\n')).toEqual({
    id: 'debian',
    release: '12',
  })
  expect(readOsRelease('x')).toBeUndefined()
})

describe('whatever stands in a list, it is read without a throw', () => {
  const paths = [...LOCKS.map(([path]) => path), 'requirements.txt']
  test.for(paths)('%s', (path) => {
    expect(isPackageList(path)).toBe(true)
    const text = fc.oneof(
      fc.string(),
      fc.lorem(),
      fc.string({ unit: fc.constantFrom('-', '=', ':', '\n', ' ', '"', '#', 'a', '@', '\\') }),
    )
    fc.assert(
      fc.property(text, fc.jsonValue(), (words, value) => {
        const kind = kindOfList(path, words)
        if (kind?.syntax === 'text') kind.read(words, path)
        else kind?.read({ path, text: words, value })
      }),
      { numRuns: 200 },
    )
  })
})
