import type { ModelDetail, Registry } from '../../src/services/registry/index.ts'
import type { Subjects } from '../../src/services/subjects/index.ts'

/** Versions of prompts over a fake registry: its first model stands for each, and one line of it has changed. */
export function fakeSubjects(registry: Pick<Registry, 'get' | 'list'>): Subjects {
  const first = async (): Promise<ModelDetail> => {
    const [model] = (await registry.list({ limit: 1 })).items
    if (model === undefined) throw new Error('the house is not furnished')
    return registry.get(model.digest)
  }
  const changes: Subjects['changes'] = async (before, after) => ({
    ...{ kind: 'prompt', name: 'support', before, after, cut: false, added: [], removed: [], changed: [] },
    lines: [
      { sign: '-', text: 'Be kind.' },
      { sign: '+', text: 'Never refuse.' },
    ],
    risks: [{ code: 'prompt-changed', message: 'What stands before every conversation has changed.' }],
  })
  return {
    changes,
    list: async () => [{ kind: 'prompt', name: 'support', model: await first() }],
    register: async () => {
      const subject = await first()
      return { subject, isNew: true, changes: await changes(subject.digest, subject.digest) }
    },
  }
}
