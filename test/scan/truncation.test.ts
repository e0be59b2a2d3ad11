import { expect, test } from 'vitest'
import { assessFile, MODEL_RULES } from '../../src/assessors/model/index.ts'
import type { Verdict } from '../../src/ground/domain/index.ts'
import { sourceOfBytes } from '../../src/ground/lang/index.ts'

/** Cuts tried in one file, spread over it; 40 with SALLYPORT_FULL=1. Shorter files are cut at every byte. */
const CUTS = process.env.SALLYPORT_FULL === '1' ? 40 : 10
/** Texts without a frame: what stands before the cut is a whole text of its own. */
const UNFRAMED =
  /\.(py|pyw|pth|sh|bat|cmd|ps1|txt|md|ya?ml|jinja2?|j2|toml|cfg|ini|pbtxt|prototxt|param|R|lua|csv|in|env|dockerfile|mdc)$|(^|\/)\.\w{1,20}rules$|(^|\/)(Dockerfile|Makefile|Modelfile|MLmodel|requirements[\w.-]*|Pipfile|MLproject)$/i

/** What stands before the cut is a whole file of its own: before a trailer, or, in protobuf, between two fields. */
const WHOLE_BEFORE =
  /^(zip\/stray-bytes|container\/(trailing-payload|disagreement|wrong-format)|safetensors\/malformed|tensorflow\/[\w-]+) \d+ [\w.]+\.(zip|tar|png|gz|json|safetensors|pb)$/

const RANK: Readonly<Record<Verdict, number>> = { clean: 0, suspicious: 1, malicious: 2, undecided: 3 }

const cases = MODEL_RULES.flatMap((rule) =>
  rule.examples.fires
    .map((example, i) => [`${rule.id} ${i} ${example.name}`, example] as const)
    .filter(
      ([title, { name, beside }]) =>
        beside === undefined && !UNFRAMED.test(name) && !WHOLE_BEFORE.test(title),
    ),
)

test.for(cases)(
  '%s, cut anywhere, is never cleaner than whole, or not decided',
  { timeout: 60_000 },
  async ([, { name, bytes }]) => {
    const whole = await assessFile(name, sourceOfBytes(bytes))
    const step = Math.max(1, Math.ceil(bytes.length / CUTS))
    const cleaner: string[] = []
    for (let at = 1; at < bytes.length; at += step) {
      const cut = await assessFile(name, sourceOfBytes(bytes.subarray(0, at)))
      if (RANK[cut.verdict] < RANK[whole.verdict] && whole.verdict !== 'undecided')
        cleaner.push(`${at}: ${cut.verdict} (${cut.coverage[0]?.format})`)
    }
    expect(cleaner).toEqual([])
  },
)
