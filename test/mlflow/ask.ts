// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not.
type Answered = Record<string, any>

/** A call of MLflow's API as its clients make it; the answer whole. */
export async function ask(
  url: string,
  method: string,
  path: string,
  ...[fields = {}, token = 'ada-admin']: [Record<string, unknown>?, string?]
): Promise<{ status: number; body: Answered }> {
  const query = method === 'GET' ? `?${new URLSearchParams(fields as Record<string, string>)}` : ''
  const answer = await fetch(`${url}/api/2.0/mlflow/${path}${query}`, {
    method,
    headers: { ...bearer(token), 'content-type': 'application/json' },
    ...(method === 'GET' ? {} : { body: JSON.stringify(fields) }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, never> }
}

/** Uploads files under a new run and registers them. */
export async function registerFiles(
  url: string,
  name: string,
  files: Record<string, string>,
  token = 'ada-admin',
): Promise<{ version: Answered; runId: string; place: string }> {
  const { body } = await ask(url, 'POST', 'runs/create', { experiment_id: '0' }, token)
  const { run_id: runId, artifact_uri: uri } = body.run.info
  const place = `${String(uri).replace('mlflow-artifacts:/', '')}/model`
  for (const [path, text] of Object.entries(files)) {
    const sent = await upload(url, `${place}/${path}`, text, token)
    if (sent.status !== 200) throw new Error(await sent.text())
  }
  await ask(url, 'POST', 'registered-models/create', { name }, token)
  const made = await ask(
    url,
    'POST',
    'model-versions/create',
    { name, source: `mlflow-artifacts:/${place}`, run_id: runId },
    token,
  )
  if (made.status !== 200) throw new Error(JSON.stringify(made.body))
  let { model_version: version } = made.body
  // As MLflow's own clients wait for it.
  while (version.status === 'PENDING_REGISTRATION')
    version = (await ask(url, 'GET', 'model-versions/get', { name, version: version.version }, token)).body
      .model_version
  return { version, runId, place }
}

export function upload(url: string, path: string, text: string, token = 'ada-admin'): Promise<Response> {
  return fetch(`${url}/api/2.0/mlflow-artifacts/artifacts/${path}`, {
    method: 'PUT',
    headers: bearer(token),
    body: text,
  })
}

export function download(url: string, path: string, token = 'ada-admin'): Promise<Response> {
  return fetch(`${url}/api/2.0/mlflow-artifacts/artifacts/${path}`, {
    headers: bearer(token),
  })
}

/** Nothing without a token: the owner of the home, on loopback. */
function bearer(token: string): Record<string, string> {
  return token === '' ? {} : { authorization: `Bearer ${token}` }
}
