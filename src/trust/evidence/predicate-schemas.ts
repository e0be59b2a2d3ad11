import accessRequest from '../../../catalog/predicates/access-request.schema.json' with { type: 'json' }
import approval from '../../../catalog/predicates/approval.schema.json' with { type: 'json' }
import bundleSource from '../../../catalog/predicates/bundle-source.schema.json' with { type: 'json' }
import changesRequested from '../../../catalog/predicates/changes-requested.schema.json' with { type: 'json' }
import cyclonedx from '../../../catalog/predicates/cyclonedx.schema.json' with { type: 'json' }
import dataVetting from '../../../catalog/predicates/data-vetting.schema.json' with { type: 'json' }
import decision from '../../../catalog/predicates/decision.schema.json' with { type: 'json' }
import deploymentReceipt from '../../../catalog/predicates/deployment-receipt.schema.json' with {
  type: 'json',
}
import derivation from '../../../catalog/predicates/derivation.schema.json' with { type: 'json' }
import hubSource from '../../../catalog/predicates/hub-source.schema.json' with { type: 'json' }
import keyEvent from '../../../catalog/predicates/key-event.schema.json' with { type: 'json' }
import lineageEvent from '../../../catalog/predicates/lineage-event.schema.json' with { type: 'json' }
import logTime from '../../../catalog/predicates/log-time.schema.json' with { type: 'json' }
import modelScan from '../../../catalog/predicates/model-scan.schema.json' with { type: 'json' }
import modelSignature from '../../../catalog/predicates/model-signature.schema.json' with { type: 'json' }
import pullSource from '../../../catalog/predicates/pull-source.schema.json' with { type: 'json' }
import quarantine from '../../../catalog/predicates/quarantine.schema.json' with { type: 'json' }
import rejection from '../../../catalog/predicates/rejection.schema.json' with { type: 'json' }
import revocation from '../../../catalog/predicates/revocation.schema.json' with { type: 'json' }
import slsaProvenance from '../../../catalog/predicates/slsa-provenance.schema.json' with { type: 'json' }
import spdx from '../../../catalog/predicates/spdx.schema.json' with { type: 'json' }
import terms from '../../../catalog/predicates/terms.schema.json' with { type: 'json' }
import testResult from '../../../catalog/predicates/test-result.schema.json' with { type: 'json' }
import trainingRun from '../../../catalog/predicates/training-run.schema.json' with { type: 'json' }
import vsa from '../../../catalog/predicates/vsa.schema.json' with { type: 'json' }
import vulns from '../../../catalog/predicates/vulns.schema.json' with { type: 'json' }
import waiver from '../../../catalog/predicates/waiver.schema.json' with { type: 'json' }
import type { PredicateName } from './predicate-types.ts'

/** A JSON Schema (2020-12) as a plain object. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** What the schemas of the predicates refer to. */
export const TERMS_SCHEMA: JsonSchema = terms

/** The JSON Schema of each predicate, as published in `catalog/predicates`. */
export const PREDICATE_SCHEMAS: Readonly<Record<PredicateName, JsonSchema>> = {
  'model-scan': modelScan,
  quarantine,
  'hub-source': hubSource,
  'pull-source': pullSource,
  'bundle-source': bundleSource,
  'access-request': accessRequest,
  'model-signature': modelSignature,
  'deployment-receipt': deploymentReceipt,
  derivation,
  'lineage-event': lineageEvent,
  'training-run': trainingRun,
  'data-vetting': dataVetting,
  'key-event': keyEvent,
  'log-time': logTime,
  approval,
  rejection,
  'changes-requested': changesRequested,
  waiver,
  revocation,
  decision,
  vsa,
  'slsa-provenance': slsaProvenance,
  'test-result': testResult,
  vulns,
  cyclonedx,
  spdx,
}
