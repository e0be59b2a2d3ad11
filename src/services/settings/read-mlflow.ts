import { SallyportError } from '../../ground/lang/index.ts'

/** What the settings say of MLflow. */
export interface MlflowSettings {
  /** The MLflow server behind the guard; without one the registry stands alone. */
  readonly mlflowUpstream?: string
  /** Aliases and stages that want a decision, as written; unset: production, champion and staging. */
  readonly mlflowGuarded?: readonly string[]
  /** Origins from which a version's source may be fetched. */
  readonly mlflowOrigins: readonly string[]
  /** Where the `user:password` or token of the MLflow server behind the guard stands. */
  readonly mlflowTokenFile?: string
  /** Region of the SageMaker registry that is told our decisions. */
  readonly sagemakerRegion?: string
  /** The Kubeflow model registry that is told our decisions. */
  readonly kubeflowUrl?: string
  readonly kubeflowTokenFile?: string
}

/** @throws SallyportError `BAD_CONFIG` naming the setting */
export function readMlflow(text: {
  readonly upstream: string | undefined
  readonly guarded: readonly string[] | undefined
  readonly origins: readonly string[]
  readonly sagemakerRegion: string | undefined
  readonly kubeflowUrl: string | undefined
}): MlflowSettings {
  const { upstream, guarded, origins, sagemakerRegion, kubeflowUrl } = text
  if (upstream !== undefined && !isAddress(upstream))
    throw new SallyportError(
      'BAD_CONFIG',
      `mlflowUpstream is "${upstream}"; it must be an address such as http://mlflow.internal:5000`,
    )
  for (const origin of origins)
    if (URL.parse(origin)?.origin !== origin)
      throw new SallyportError(
        'BAD_CONFIG',
        `mlflowOrigins names "${origin}"; write origins such as https://models.example.com`,
      )
  if (sagemakerRegion !== undefined && !/^[a-z0-9-]{1,30}$/.test(sagemakerRegion))
    throw new SallyportError(
      'BAD_CONFIG',
      `sagemakerRegion is "${sagemakerRegion}"; write one such as eu-west-1`,
    )
  if (kubeflowUrl !== undefined && !isAddress(kubeflowUrl))
    throw new SallyportError(
      'BAD_CONFIG',
      `kubeflowUrl is "${kubeflowUrl}"; it must be an address such as https://registry.example.com`,
    )
  return {
    ...(sagemakerRegion === undefined ? {} : { sagemakerRegion }),
    ...(kubeflowUrl === undefined ? {} : { kubeflowUrl }),
    mlflowOrigins: origins,
    ...(upstream === undefined ? {} : { mlflowUpstream: upstream.replace(/\/+$/, '') }),
    ...(guarded === undefined ? {} : { mlflowGuarded: guarded }),
  }
}

function isAddress(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.username === ''
}
