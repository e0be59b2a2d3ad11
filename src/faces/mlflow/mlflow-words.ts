import type {
  Experiment,
  LoggedModel,
  ModelNames,
  NamedModel,
  NamedVersion,
  NotedRun,
  Tags,
  Webhook,
} from '../../services/model-names/index.ts'

const STATUS = {
  pending: 'PENDING_REGISTRATION',
  registered: 'READY',
  failed: 'FAILED_REGISTRATION',
} as const

/** `ModelVersion` of model_registry.proto. Times are JSON numbers, as MLflow's own server writes them. */
export function wordsOfVersion(names: ModelNames, row: NamedVersion): Readonly<Record<string, unknown>> {
  return {
    name: row.name,
    version: String(row.version),
    creation_timestamp: row.createdMs,
    last_updated_timestamp: row.updatedMs,
    user_id: row.userId,
    current_stage: row.stage,
    description: row.description ?? '',
    source: row.source,
    run_id: row.runId ?? '',
    status: STATUS[row.state],
    ...(row.problem === undefined ? {} : { status_message: row.problem }),
    tags: listOf(row.tags),
    run_link: row.runLink ?? '',
    aliases: names.aliasesOf(row),
    ...(row.modelId === undefined ? {} : { model_id: row.modelId }),
  }
}

/** `RegisteredModel` of model_registry.proto. */
export function wordsOfModel(names: ModelNames, row: NamedModel): Readonly<Record<string, unknown>> {
  return {
    name: row.name,
    creation_timestamp: row.createdMs,
    last_updated_timestamp: row.updatedMs,
    user_id: row.userId,
    description: row.description ?? '',
    latest_versions: names.latestVersions(row.name, []).map((version) => wordsOfVersion(names, version)),
    tags: listOf(row.tags),
    aliases: Object.entries(row.aliases).map(([alias, version]) => ({ alias, version: String(version) })),
  }
}

/** `Run` of service.proto. */
export function wordsOfRun(run: NotedRun, place: string): Readonly<Record<string, unknown>> {
  return {
    info: {
      run_uuid: run.id,
      run_id: run.id,
      run_name: run.name,
      experiment_id: run.experimentId,
      user_id: run.userId,
      status: run.status,
      start_time: run.startMs,
      ...(run.endMs === undefined ? {} : { end_time: run.endMs }),
      artifact_uri: `mlflow-artifacts:/${place}`,
      lifecycle_stage: 'active',
    },
    data: {
      metrics: Object.entries(run.metrics).map(([key, metric]) => ({ key, ...metric })),
      params: listOf(run.params),
      tags: listOf(run.tags),
    },
    inputs: {},
  }
}

/** `LoggedModel` of service.proto. */
export function wordsOfLogged(row: LoggedModel, place: string): Readonly<Record<string, unknown>> {
  return {
    info: {
      model_id: row.id,
      experiment_id: row.experimentId,
      name: row.name,
      creation_timestamp_ms: row.createdMs,
      last_updated_timestamp_ms: row.updatedMs,
      artifact_uri: `mlflow-artifacts:/${place}`,
      status: row.status,
      creator_id: 0,
      model_type: row.modelType,
      ...(row.runId === undefined ? {} : { source_run_id: row.runId }),
      tags: listOf(row.tags),
    },
    data: { params: listOf(row.params), metrics: [] },
  }
}

/** `Experiment` of service.proto. */
export function wordsOfExperiment({
  id,
  name,
  createdMs,
  tags,
}: Experiment): Readonly<Record<string, unknown>> {
  return {
    experiment_id: id,
    name,
    artifact_location: `mlflow-artifacts:/${id}`,
    lifecycle_stage: 'active',
    creation_time: createdMs,
    last_update_time: createdMs,
    tags: listOf(tags),
  }
}

/** `Webhook` of webhooks.proto; its secret is never shown again. */
export function wordsOfWebhook(hook: Webhook): Readonly<Record<string, unknown>> {
  return {
    webhook_id: hook.id,
    name: hook.name,
    ...(hook.description === undefined ? {} : { description: hook.description }),
    url: hook.url,
    events: hook.events.map((event) => {
      const [entity = '', action = ''] = event.toUpperCase().split('.')
      return { entity, action }
    }),
    status: hook.isActive ? 'ACTIVE' : 'DISABLED',
    creation_timestamp: hook.createdMs,
    last_updated_timestamp: hook.updatedMs,
  }
}

function listOf(tags: Tags): readonly { readonly key: string; readonly value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }))
}
