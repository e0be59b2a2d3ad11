// biome-ignore-all lint/style/noExcessiveLinesPerFile: the list of packages is a table, and rules are read in one place
// The floors of ARCHITECTURE.md as rules: test/house/house.test.ts runs them, test/house/rules.test.ts breaks each once.
const TESTS = '\\.test\\.ts$'

/** The floors, lowest first. A file may import lower floors, and its own room. */
const FLOORS = ['ground', 'formats', 'assessors', 'trust', 'services', 'faces']

/** Roots that put the house together: nobody imports them. `worker.ts` and `unpack-worker.ts` are `main.ts` for threads that parse (ADR 0005). */
const ROOTS = '(main|home|home-[a-z]+|assess-now|worker|unpack-worker|weights-worker)\\.ts'

/** The library door is a root too, and the one that main.ts stands on: it scans with it (ADR 0013). */
const SCAN_DOOR = '^src/scan(ner)?\\.ts$'

/** Doors of rooms: each has one; ground/crypto has a second without `node:`, for browsers. */
const DOORS = ['^src/[^/]+/[^/]+/index\\.ts$', '^src/ground/crypto/pure\\.ts$']

/** The order inside two floors, lowest room first. */
const ORDERED_ROOMS = { ground: ['lang', 'crypto', 'domain'], trust: ['ledger', 'evidence', 'policy'] }

/**
 * npm packages by place; what is not named here is refused. Everything else stands on Node alone.
 * The first matching place counts, so the narrow ones stand first.
 */
const ACCEPTED = [
  [
    '^src/ground/crypto/',
    { '@noble/curves': 'Ed25519 in the browser', '@noble/hashes': 'SHA-256 in the browser' },
  ],
  ['^src/proof\\.ts$', { '@noble/curves': 'as ground/crypto', '@noble/hashes': 'as ground/crypto' }],
  ['^src/ground/', {}],
  [
    '^src/formats/python/',
    { '@lezer/python': 'a Python grammar that never gives up', '@lezer/common': 'the types of its trees' },
  ],
  ['^src/formats/yaml/', { yaml: 'YAML; refuses alias bombs' }],
  ['^src/formats/model-card/', { yaml: 'front matter of model cards, read and written' }],
  ['^src/formats/toml/', { 'smol-toml': 'TOML of lock files; bounded depth' }],
  ['^src/formats/', {}],
  [
    '^src/assessors/dependency/',
    {
      '@renovatebot/pep440': "Python's order of versions and their ranges",
      semver: "npm's order of versions and their ranges",
    },
  ],
  ['^src/assessors/', {}],
  [
    '^src/trust/evidence/',
    { ajv: 'JSON Schema of the predicates', 'ajv-formats': 'date-time, uri in those schemas' },
  ],
  [
    '^src/trust/policy/',
    {
      yaml: 'policies are YAML; refuses alias bombs',
      ajv: 'JSON Schema of the policy document',
      'ajv-formats': 'date-time in that schema',
      '@marcbachmann/cel-js': 'CEL conditions, type-checked',
    },
  ],
  ['^src/trust/', {}],
  ['^src/services/settings/', { yaml: 'sallyport.yaml; refuses alias bombs' }],
  ['^src/services/scan/', { yaml: 'suppressions, with line and column; refuses alias bombs' }],
  ['^src/services/reports/', { sarif: 'types of a SARIF log', yaml: 'front matter of model cards' }],
  ['^src/services/', {}],
  [
    '^src/adapters/sigstore/',
    {
      '@sigstore/bundle': 'the JSON of bundles',
      '@sigstore/protobuf-specs': 'trust roots, signing configs and Rekor v2 as Sigstore writes them',
      '@sigstore/verify': 'chains, SCTs, inclusion, timestamps',
      '@sigstore/tuf': 'updates of the trust root, asked for only',
      '@noble/curves': 'ECDSA over a digest: a large file is hashed once, by streaming',
    },
  ],
  ['^src/adapters/ledger-postgres/', { pg: 'the PostgreSQL driver' }],
  ['^src/adapters/model-files/', { '@noble/hashes': 'BLAKE3 of manifests that use it' }],
  ['^src/adapters/intake-[a-z]+/', { 'tar-stream': 'imports from a tar' }],
  ['^src/adapters/signer-aws-kms/', { aws4fetch: 'Signature Version 4, 2 kB, no SDK' }],
  ['^src/adapters/sagemaker/', { aws4fetch: 'Signature Version 4, 2 kB, no SDK' }],
  ['^src/adapters/s3-upstream/', { aws4fetch: 'Signature Version 4 for a bucket behind the firewall' }],
  ['^src/adapters/signer-gcp-kms/', { 'google-auth-library': 'Application Default Credentials' }],
  ['^src/adapters/', {}],
  [
    '^src/faces/cli/',
    {
      '@stricli/core': 'commands as values, 4 ms to load',
      'cli-table3': 'tables a person can read',
    },
  ],
  [
    '^src/faces/http/',
    {
      fastify: 'HTTP server',
      '@fastify/cookie': 'session cookie of the console',
      '@fastify/static': "the console's files",
      typebox: 'the contract, types and schemas in one',
    },
  ],
  ['^src/faces/', {}],
  ['^src/(main|worker|scan)\\.ts$', { yaml: 'sallyport.yaml' }],
  [
    '^web/src/',
    {
      react: 'views',
      'react-dom': 'views',
      '@tanstack/react-query': 'one cache of what the API said',
      '@tanstack/react-router': 'typed routes',
      '@tanstack/react-table': 'the models list',
      'radix-ui': 'dialogs and menus with keyboard and focus',
      '@xyflow/react': 'the lineage graph',
      '@dagrejs/dagre': "the lineage graph's layout",
      uplot: 'charts, 21 KB',
      tailwindcss: 'style',
    },
  ],
  ['^bin/', {}],
]
const NPM_TYPES = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown']

/** Node's modules that compute and touch nothing outside the process. */
const PURE_NODE = '^(node:)?(assert|buffer|crypto|events|string_decoder|url|util|zlib|stream/web)$'

/** `[A-Za-z]`-only escaping: names of packages hold dots and slashes, nothing else that a RegExp reads. */
const escaped = (name) => name.replaceAll('.', '\\.')

const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

const upward = FLOORS.map((floor, i) =>
  error(
    `no-up-from-${floor}`,
    `${floor} may not know the floors above it: turn the call round, or move the type down.`,
    { path: `^src/${floor}/`, pathNot: TESTS },
    { path: [`^src/${ROOTS}$`, `^src/(${[...FLOORS.slice(i + 1), 'adapters'].join('|')})/`] },
  ),
)

const ordered = Object.entries(ORDERED_ROOMS).flatMap(([floor, rooms]) =>
  rooms
    .slice(0, -1)
    .map((room, i) =>
      error(
        `no-up-inside-${floor}-from-${room}`,
        `Inside ${floor} the order is ${rooms.join(' < ')}.`,
        { path: `^src/${floor}/${room}/`, pathNot: TESTS },
        { path: `^src/${floor}/(${rooms.slice(i + 1).join('|')})/` },
      ),
    ),
)

const accepted = ACCEPTED.map(([place, packages], i) =>
  error(
    `npm-${i}-${place.replaceAll(/[^a-z-]+/g, '-').replaceAll(/^-|-$/g, '')}`,
    `Only the npm packages listed in dependency-cruiser.config.mjs for ${place}; another one is an ADR and a line there.`,
    { path: place, pathNot: [TESTS, ...ACCEPTED.slice(0, i).map(([earlier]) => earlier)] },
    {
      dependencyTypes: NPM_TYPES,
      // By name in the source, by path when resolved; types of an accepted package come with it.
      ...(Object.keys(packages).length > 0 && {
        pathNot: `(^|node_modules/)(@types/)?(${Object.keys(packages).map(escaped).join('|')})(/|$)`,
      }),
    },
  ),
)

export default {
  forbidden: [
    ...upward,
    ...ordered,
    ...accepted,
    error(
      'two-wings',
      'Those who see (formats, assessors) and those who trust (ledger, evidence, policy) meet in services only.',
      { path: '^src/trust/' },
      { path: '^src/(formats|assessors)/' },
    ),
    error(
      'no-circle',
      'Also for types: a circle of types is a circle in the reader.',
      {},
      { circular: true },
    ),
    error(
      'rooms-have-one-door',
      'Enter another room by its index.ts; the rest of it is private. The door of ground/crypto that browsers use is pure.ts (ADR 0006).',
      { path: '^src/([^/]+)/([^/]+)/' },
      { path: '^src/([^/]+)/([^/]+)/.+', pathNot: ['^src/$1/$2/', ...DOORS] },
    ),
    error(
      'guests-use-the-door',
      'main, worker, proof, tests of the house and benches are guests in every room too.',
      { path: ['^src/[^/]+\\.ts$', '^(test|bench|bin)/'] },
      {
        path: '^src/([^/]+)/([^/]+)/.+',
        pathNot: DOORS,
      },
    ),
    error(
      'siblings-are-strangers',
      'Rooms of these floors never import a sibling: what two share belongs below; faces and adapters meet in main.ts.',
      { path: '^src/(formats|assessors|adapters|faces)/([^/]+)/' },
      { path: '^src/$1/[^/]+/', pathNot: '^src/$1/$2/' },
    ),
    error(
      'services-meet-by-ports',
      "A service may know a sibling's port as a type; what stands behind it comes as a dependency.",
      { path: '^src/services/([^/]+)/', pathNot: TESTS },
      { path: '^src/services/[^/]+/', pathNot: '^src/services/$1/', dependencyTypesNot: ['type-only'] },
    ),
    error(
      'only-main-knows-adapters',
      'Everybody else asks for a port.',
      { path: '^src/', pathNot: [`^src/${ROOTS}$`, SCAN_DOOR, '^src/adapters/', TESTS] },
      { path: '^src/adapters/' },
    ),
    error(
      'adapters-know-ports-only',
      'An adapter implements a port of the room that needs it; it never calls an assessor or a face.',
      { path: '^src/adapters/', pathNot: TESTS },
      { path: ['^src/(formats|assessors|faces)/', `^src/${ROOTS}$`] },
    ),
    error(
      'nobody-imports-the-roof',
      'main.ts and worker.ts are started, never imported.',
      // main.ts loads home.ts and its parts late: a plain scan starts without ledger, policy and server. A test opens the doors of a
      // whole home without its console.
      {
        path: '^(src|test|bench|web)/',
        pathNot: [
          '^src/(main|home|home-[a-z]+)\\.ts$',
          '^test/(oci/open-mirror|faults/open-conversions)\\.ts$',
        ],
      },
      { path: `^src/${ROOTS}$` },
    ),
    error(
      'scan-door-is-for-guests',
      'sallyport/scan is for other programs and for main.ts: rooms take what they need as a dependency.',
      { path: '^(src|web)/', pathNot: ['^src/(main|scan)\\.ts$', '^src/scan\\.test\\.ts$'] },
      { path: SCAN_DOOR },
    ),
    error(
      'low-floors-do-no-io',
      'Ground, formats, assessors and trust are pure; bytes come to them as a ByteSource, stores as ports.',
      { path: '^src/(ground|formats|assessors|trust)/', pathNot: TESTS },
      { dependencyTypes: ['core'], pathNot: PURE_NODE },
    ),
    error(
      'services-do-no-io',
      'Services speak to the world through ports; paths and streams are only computed with here, and settings ask os where the home folder is.',
      // scan/list-files walks the folder that a person named; the one exception, until a port is worth it.
      { path: '^src/services/', pathNot: [TESTS, '^src/services/scan/list-files\\.ts$'] },
      { dependencyTypes: ['core'], pathNot: [PURE_NODE, '^(node:)?(path(/posix)?|stream|os)$'] },
    ),
    error(
      'proof-is-pure',
      'sallyport/proof runs in a browser: nothing that it reaches may be a module of Node.',
      { path: '^src/(proof|ground/crypto/pure)\\.ts$' },
      {
        path: '^(node:)?(assert|buffer|crypto|events|fs|fs/promises|http|os|path|process|stream|url|util|worker_threads|zlib)$',
        reachable: true,
      },
    ),
    error(
      'web-has-two-doors',
      'The console knows the contract of faces/http and the pure door sallyport/proof, and nothing else of src.',
      { path: '^web/' },
      { path: '^(src|bin|test|bench)/', pathNot: ['^src/proof\\.ts$', '^src/faces/http/contract\\.ts$'] },
    ),
    error(
      'nobody-knows-web',
      'The platform serves web/dist as files.',
      { path: '^(src|bench|bin)/' },
      { path: '^web/' },
    ),
    error(
      'bin-starts-only',
      'bin/ runs before any set-up, on any Node: it uses Node and itself.',
      { path: '^bin/' },
      { path: '^(src|web|test|bench)/' },
    ),
    error(
      'product-needs-no-dev-package',
      'What the product imports is in "dependencies".',
      { path: '^src/', pathNot: TESTS },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '(^|node_modules/)@types/' },
    ),
    error(
      'no-orphans',
      'A file that nobody imports is started by somebody, is a test, or is dead.',
      {
        orphan: true,
        pathNot: [
          `^src/(${ROOTS}|proof\\.ts|scan\\.ts)$`,
          '-worker\\.ts$',
          '\\.test\\.tsx?$',
          '\\.d\\.ts$',
          '^[^/]+\\.(mjs|ts)$',
          '^web/(vite\\.config\\.ts|src/main\\.tsx)$',
          '^(bench|test)/.*run\\.ts$',
          '-(child|reporter)\\.ts$',
          '^bin/',
        ],
      },
      {},
    ),
    error(
      'resolvable',
      'An import that leads nowhere.',
      {},
      { couldNotResolve: true, pathNot: '\\.css$|\\?' },
    ),
    error(
      'no-test-code-in-product',
      'Product code never knows its tests.',
      { path: '^(src|web/src)/', pathNot: '\\.test\\.tsx?$' },
      { path: '(^test/|\\.test\\.tsx?$)' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'web/tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
}
