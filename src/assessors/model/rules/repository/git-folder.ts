import { example, type ModelRule } from '../../rule.ts'

export const gitFolder: ModelRule = {
  id: 'repository/git-folder',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The Git folder that comes along runs programs',
  source: 'https://git-scm.com/docs/git-config',
  taxonomy: ['CWE-78', 'CWE-829'],
  why: 'Hooks, fsmonitor, filters and aliases of a .git folder run programs as soon as somebody uses Git in it, even for looking at its state.',
  remedy: 'Remove the .git folder, and clone from where the model came from.',
  examples: {
    fires: [
      {
        ...example('.git/config', '[core]\n\tfsmonitor = ./acme.sh\n'),
        beside: [example('LICENSE', 'MIT\n')],
      },
      { ...example('.git/hooks/post-checkout', '#!/bin/sh\ntrue\n'), beside: [example('LICENSE', 'MIT\n')] },
    ],
    silent: [
      {
        ...example('.git/config', '[core]\n\tbare = false\n[filter "lfs"]\n\tclean = git-lfs clean -- %f\n'),
        beside: [example('.git/hooks/pre-push.sample', '#!/bin/sh\ntrue\n')],
      },
      {
        ...example('.git/hooks/pre-push', '#!/bin/sh\ngit lfs pre-push "$@"\n'),
        beside: [example('LICENSE', 'MIT\n')],
      },
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'repository') return []
    const hooks = subject.files
      .map(({ name }) => name)
      // What git lfs install writes: these four, of any repository with large files.
      .filter(
        (name) =>
          /(?:^|\/)\.git\/hooks\/[\w-]+$/.test(name) &&
          !/\/(?:pre-push|post-checkout|post-commit|post-merge)$/.test(name),
      )
      .map((path) => ({ path, key: 'hook', message: 'a hook that Git runs' }))
    const plain = subject.files
      .filter(({ name }) =>
        /(?:^|\/)\.git\/hooks\/(?:pre-push|post-checkout|post-commit|post-merge)$/.test(name),
      )
      .filter(({ name }) => !/git[ -]lfs/.test(subject.texts.get(name) ?? ''))
      .map(({ name: path }) => ({ path, key: 'hook', message: 'a hook that Git runs' }))
    const settings = [...subject.texts].flatMap(([path, text]) => {
      if (!/(?:^|\/)\.git\/config$/.test(path)) return []
      const found =
        /^[ \t]*(?:fsmonitor|sshCommand|editor|pager|hooksPath|gitProxy|askPass|textconv|command|program)[ \t]*=[ \t]*(?!false|true)(\S[^\n]{0,200})|^[ \t]*\w+[ \t]*=[ \t]*!([^\n]{0,200})|^[ \t]*(?:clean|smudge|process)[ \t]*=[ \t]*(?!git-lfs)(\S[^\n]{0,200})/im.exec(
          text,
        )
      return found === null
        ? []
        : [{ path, key: found[0].trim(), message: 'a setting that runs a program', call: found[0].trim() }]
    })
    return [...hooks, ...plain, ...settings]
  },
}
