import { ACCOUNT_ROUTES } from './account-routes.ts'
import { COMPARE_ROUTES } from './compare-routes.ts'
import { HUB_ROUTES } from './hub-routes.ts'
import { LEDGER_ROUTES } from './ledger-routes.ts'
import { LINEAGE_ROUTES } from './lineage-routes.ts'
import { MODEL_ROUTES } from './model-routes.ts'
import { PRINCIPAL_ROUTES } from './principal-routes.ts'
import { REVIEW_ROUTES } from './review-routes.ts'
import type { Route } from './route.ts'
import { STANDING_ROUTES } from './standing-routes.ts'
import { SUBJECT_ROUTES } from './subject-routes.ts'
import { TRAINING_ROUTES } from './training-routes.ts'

/** Every place of the API. Permissions, validation, the OpenAPI document and the test of roles follow from this list. */
export const ROUTES: readonly Route[] = [
  ...MODEL_ROUTES,
  ...STANDING_ROUTES,
  ...SUBJECT_ROUTES,
  ...LINEAGE_ROUTES,
  ...COMPARE_ROUTES,
  ...TRAINING_ROUTES,
  ...HUB_ROUTES,
  ...REVIEW_ROUTES,
  ...LEDGER_ROUTES,
  ...ACCOUNT_ROUTES,
  ...PRINCIPAL_ROUTES,
]

/** What stands before the path of every route. */
export const API_BASE = '/api/v1'
