import { SallyportError } from '../../ground/lang/index.ts'
import type { OpenModelNames } from '../../services/model-names/index.ts'
import { type Call, RULES } from './calls.ts'
import { wordsOfWebhook } from './mlflow-words.ts'
import type { Input } from './read-input.ts'

/** The call that a path beneath `webhooks` means; its id comes from the path. */
export function webhookCall(method: string, path: string): Call | undefined {
  const [, id, isTest] = /^webhooks(?:\/([\w-]{1,80})(\/test)?)?$/.exec(path) ?? ['', '', '']
  if (!path.startsWith('webhooks') || isTest === '') return undefined
  const answer =
    id === undefined ? ofAll(method) : isTest === undefined ? ofOne(method, id) : tested(method, id)
  return answer === undefined ? undefined : { needs: RULES, answer }
}

type Answer = Call['answer']

function ofAll(method: string): Answer | undefined {
  if (method === 'GET')
    return ({ webhooks }) => ({ webhooks: webhooks.list().map((hook) => wordsOfWebhook(hook)) })
  if (method !== 'POST') return undefined
  return ({ webhooks }, input) => {
    const secret = input.optional('secret')
    const description = input.optional('description')
    const hook = webhooks.create({
      ...{ name: input.text('name'), url: input.text('url'), events: eventsOf(input) },
      isActive: isActive(input.optional('status') ?? 'ACTIVE'),
      ...(secret === undefined || secret === '' ? {} : { secret }),
      ...(description === undefined ? {} : { description }),
    })
    return { webhook: wordsOfWebhook(hook) }
  }
}

function ofOne(method: string, id: string): Answer | undefined {
  switch (method) {
    case 'GET':
      return ({ webhooks }) => ({ webhook: wordsOfWebhook(webhooks.get(id)) })
    case 'DELETE':
      return ({ webhooks }) => {
        webhooks.delete(id)
        return {}
      }
    case 'PATCH':
      return (house, input) => ({ webhook: wordsOfWebhook(update(house, id, input)) })
    default:
      return undefined
  }
}

function tested(method: string, id: string): Answer | undefined {
  if (method !== 'POST') return undefined
  return async ({ webhooks }, input) => {
    const event = input.record('event')
    const { isTaken, status, problem } = await webhooks.test(
      id,
      event === undefined ? undefined : eventOf(event),
    )
    return {
      result: {
        success: isTaken,
        ...(status === undefined ? {} : { response_status: status }),
        ...(problem === undefined ? {} : { error_message: problem }),
      },
    }
  }
}

function update({ webhooks }: OpenModelNames, id: string, input: Input) {
  const words: Record<string, string> = {}
  for (const field of ['name', 'description', 'url', 'secret'] as const) {
    const value = input.optional(field)
    if (value !== undefined) words[field] = value
  }
  const events = eventsOf(input)
  const status = input.optional('status')
  return webhooks.update(id, {
    ...words,
    ...(events.length === 0 ? {} : { events }),
    ...(status === undefined ? {} : { isActive: isActive(status) }),
  })
}

function eventsOf(input: Input): readonly string[] {
  return input.records('events').map(eventOf)
}

function eventOf(event: Input): string {
  return `${event.text('entity')}.${event.text('action')}`.toLowerCase()
}

function isActive(status: string): boolean {
  if (status === 'ACTIVE' || status === 'DISABLED') return status === 'ACTIVE'
  throw new SallyportError('BAD_INPUT', `"${status.slice(0, 40)}" is no status of a webhook`)
}
