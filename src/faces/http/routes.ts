import { ACCOUNT_ROUTES } from './account-routes.ts'
import { LEDGER_ROUTES } from './ledger-routes.ts'
import { MODEL_ROUTES } from './model-routes.ts'
import { PRINCIPAL_ROUTES } from './principal-routes.ts'
import type { Route } from './route.ts'

/** Every place of the API. Permissions, validation, the OpenAPI document and the test of roles follow from this list. */
export const ROUTES: readonly Route[] = [
  ...MODEL_ROUTES,
  ...LEDGER_ROUTES,
  ...ACCOUNT_ROUTES,
  ...PRINCIPAL_ROUTES,
]

/** What stands before the path of every route. */
export const API_BASE = '/api/v1'
