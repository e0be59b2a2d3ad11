'use strict'
// Puts the validators of predicates, as Ajv writes them, in the place of the module that has them written at run time.
const path = require('node:path')
const { pathToFileURL } = require('node:url')

const root = path.join(__dirname, '..')
const REPLACED = /[\\/]trust[\\/]evidence[\\/]compile-validator\.ts$/
const PREFIX = '\0validator-of-'

/** A module that exports `validate`: the code that Ajv writes for a schema, with the one function of Ajv's that it calls. */
function writeValidator(schema, terms) {
  const { Ajv2020 } = require('ajv/dist/2020.js')
  const standalone = require('ajv/dist/standalone').default
  const ajv = new Ajv2020({ strict: true, code: { source: true } }).addSchema(terms)
  const code = standalone(ajv, ajv.compile(schema)).replace(
    'require("ajv/dist/runtime/ucs2length").default',
    `(${require('ajv/dist/runtime/ucs2length').default})`,
  )
  const head = /^"use strict";module\.exports = (validate\d+);module\.exports\.default = \1;/
  const [text, name] = head.exec(code) ?? []
  if (name === undefined || code.includes('require('))
    throw new Error('Ajv writes its validators in another way than bin/compiled-validators.cjs knows')
  return `${code.slice(text.length)};export{${name} as validate}`
}

async function compiledValidators() {
  const file = path.join(root, 'src', 'trust', 'evidence', 'predicate-schemas.ts')
  const { PREDICATE_SCHEMAS, TERMS_SCHEMA } = await import(pathToFileURL(file).href)
  const names = Object.keys(PREDICATE_SCHEMAS)
  return {
    name: 'compiled-validators',
    resolveId: (id) => (id.startsWith(PREFIX) ? id : null),
    load: (id) => {
      const name = id.startsWith(PREFIX) ? id.slice(PREFIX.length) : undefined
      return name === undefined ? null : writeValidator(PREDICATE_SCHEMAS[name], TERMS_SCHEMA)
    },
    transform(_, id) {
      if (!REPLACED.test(id)) return null
      const imports = names.map((name, i) => `import{validate as v${i}}from${JSON.stringify(PREFIX + name)};`)
      const table = names.map((name, i) => `${JSON.stringify(name)}:()=>v${i}`)
      const code = `${imports.join('')}const VALIDATORS={${table.join(',')}};export const compileValidator=(name)=>VALIDATORS[name]();`
      return { code, moduleType: 'js' }
    },
  }
}

module.exports = { compiledValidators }
