/** Texts whose lines a system hands to a shell by itself: at its times, on starting, on logging in. */
export const SYSTEM_SCRIPT =
  /(?:^|\/)etc\/(?:cron\.(?:d|hourly|daily|weekly|monthly)\/[\w.-]+|crontab|profile|rc\.local|init\.d\/[\w.-]+)$|(?:^|\/)var\/spool\/cron\/[\w./-]+$/

/** Texts that nothing runs, or only somebody who starts them, by name. Each with what they are, as it stands in coverage. */
const USES: readonly (readonly [RegExp, string])[] = [
  [
    /(?:^|\/)(?:(?:[\w-]{1,40}[_-])?licen[cs]e|copying|notice|readme|change(?:s|log)|history|authors?|contributors?|contributing|citation|code_of_conduct|security|use_policy|acceptable_use|model_?card|modelcard|version|release|todo|news|install|credits|thanks|patents|third.?party|disclaimer|terms|codeowners|maintainers)[\w.-]*$/i,
    'text',
  ],
  [/\.(?:txt|md|mdx|mdc|markdown|rst|adoc|tex|bib|log|diff|patch|srt|vtt|po|pot|org|textile)$/i, 'text'],
  [
    /\.(?:json|json5|jsonl|ndjson|geojson|webmanifest|csv|tsv|psv|toml|ini|cfg|conf|config|properties|yaml|yml|xml|xsd|xsl|dtd|html?|xhtml|svg|css|scss|less|map|jinja|jinja2|j2|tmpl|tpl|template|merges|vocab|bpe|tiktoken|codes|dict|lexicon|lst|list|labels?|names|tokens?|words|phones|arpa|lm|syms|fst\.txt|lock|cff|ttl|rdf|n3|nt|graphql|ipynb|env|example|sample|hbs|mustache|dot|gv|puml|mmd|scp|ark\.txt|ctm|stm|rttm|textgrid|conll|conllu|iob|bio|tree|nwk|fasta|fa|faa|fna|fastq|pdb|cif|mol|sdf|smi|smiles|xyz|gro|mtl|obj|ply|off|stl|geo|wkt|prj|asc|vrt|fmap|mtx|mm|gml|graphml|gexf|arff|libsvm|svmlight|edgelist|param|nnef)$/i,
    'data',
  ],
  [
    /(?:^|\/)(?:vocab|merges|dict|labels?|classes|classnames|feature_?(?:map|names)|categories|names|tokens|words|alphabet|phonemes|byteorder|archive_format|archive_version|\.data\/extern_modules|\.format_version|\.storage_alignment|serialization_id|version|checksums?|sha256sums?|md5sums?|commit|revision|latest|checkpoint|py\.typed|entry_points|top_level|RECORD|MANIFEST\.MF|WHEEL|METADATA|PKG-INFO|INSTALLER|REQUESTED)$/i,
    'data',
  ],
  [
    /(?:^|\/)\.(?:gitattributes|gitignore|gitmodules|gitkeep|keep|dockerignore|editorconfig|npmignore|npmrc|nvmrc|prettierrc|prettierignore|eslintrc|eslintignore|(?:cursor|windsurf|cline|roo)rules|goosehints|netrc|git-credentials|pypirc|pgpass|htpasswd|flake8|pylintrc|isort\.cfg|coveragerc|python-version|hfignore|huggingface|mailmap|clang-format|clang-tidy|style\.yapf|readthedocs|vscodeignore|helmignore|dvcignore|gcloudignore|slugignore|env\.[\w.-]+)$/i,
    'configuration',
  ],
  // What a system starts by itself, in the layers of an image.
  [SYSTEM_SCRIPT, 'script'],
  // Files beside a SavedModel that no loader of TensorFlow reads (tensorflow/cc/saved_model/constants.h, kSavedModelAssetsExtraDirectory).
  [/(?:^|\/)assets\.extra\/[\w.-]+$/, 'data'],
  [
    /\.(?:dvc|sha256|sha256sum|sha512|md5|sha1|sig|minisig|asc|pem|crt|pub|sbom|spdx|intoto|sigstore|bundle)$/i,
    'checksum',
  ],
  [
    /\.(?:c|h|cc|cpp|cxx|hpp|hh|hxx|inl|ipp|cu|cuh|hip|cl|metal|glsl|hlsl|wgsl|vert|frag|comp|s|asm|js|mjs|cjs|jsx|ts|tsx|vue|svelte|astro|java|kt|kts|scala|groovy|gradle|clj|go|rs|rb|php|cs|fs|vb|swift|m|mm|lua|luau|jl|r|rmd|qmd|pl|pm|proto|thrift|fbs|capnp|sql|cmake|cmake\.in|f|f90|f95|for|hs|ml|mli|erl|ex|exs|dart|zig|nim|v|sv|vhd|vhdl|tcl|awk|sed|el|lisp|scm|pyx|pxd|pxi|sol|wat|jmx|td|def|ll|ptx|tf|hcl|bzl|nix|dhall)$/i,
    'source',
  ],
  [
    /(?:^|\/)(?:(?:[\w-]{1,60}[_-])?config\.pbtxt|CMakeLists\.txt|Doxyfile|BUILD|WORKSPACE|MANIFEST\.in|[\w.-]*requirements?[\w.-]*\.in|SConstruct|meson\.build|Gemfile|Rakefile|Vagrantfile|Brewfile|Pipfile|Kitfile|packages?\.list)$/i,
    'source',
  ],
  [
    /\.(?:sh|bash|zsh|ksh|fish|bat|cmd|ps1|psm1|command|mk|dockerfile|service|slurm|sbatch|pbs|desktop|spec|rc|pth|vbs|vbe|hta|wsf|wsh|jse|reg|url)$|(?:^|\/)\.git\/(?:config(?:\.worktree)?|hooks\/[\w.-]+)$|(?:^|\/)(?:Dockerfile|Containerfile|Modelfile|Makefile|GNUmakefile|Justfile|Procfile|Jenkinsfile|\.envrc)[\w.-]*$/i,
    'script',
  ],
]

/** Keys and certificates in the armour of RFC 7468, under whatever name. */
const ARMOURED = /^-----BEGIN [A-Z0-9 ]{3,60}-----/

/** Whether a text is a key or a certificate: nothing runs it, and other rules ask whether it is a secret. */
export function isArmoured(text: string): boolean {
  return ARMOURED.test(text)
}

/** What a text of this name is for; undefined when that is not known. */
export function textUse(name: string): string | undefined {
  return USES.find(([pattern]) => pattern.test(name))?.[1]
}

/** Whether a text is nothing but one UUID, one digest in hex digits or one version: files keep these under names of their own. */
export function isIdentifier(text: string): boolean {
  return /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|v?\d{1,9}\.\d{1,9}\.\d{1,9})\s{0,9}$/i.test(
    text,
  )
}

/** The text of a pointer that Git LFS keeps in the place of a file, https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md. */
export function isPointer(text: string): boolean {
  return text.length < 1024 && /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n/.test(text)
}
