import { valuesOf } from '../repository/code-references.ts'
import { secretsSentIn } from '../shell-commands.ts'

/** A command line inside a configuration, with where it stands. */
export interface FoundCommand {
  readonly text: string
  readonly place: string
}

const MAX_FOUND = 2000

/** JSON files of which the commands are run: on installing, on opening a folder, on starting a container or an agent. */
const JSON_FILES =
  /(?:^|\/)(?:package|composer|tasks|launch|devcontainer|\.devcontainer|settings|\.?mcp|mcp[_-][\w-]{1,40}|[\w-]{1,40}_mcp_settings|claude_desktop_config)\.json$/i
/** What runs on the machines of who owns the repository, when something is pushed there. */
const AT_OWNER =
  /(?:^|\/)\.(?:github|gitlab|circleci|buildkite|woodpecker)\/|(?:^|\/)(?:\.gitlab-ci|\.travis|\.?appveyor|azure-pipelines|cloudbuild|bitbucket-pipelines)\.ya?ml$/i
/** Keys whose text a shell gets: MLproject, dvc.yaml, compose, Cog, SkyPilot, pre-commit, dev containers. */
const COMMAND_KEY =
  /^(?:run|cmd|command|commands|args|script|before_script|after_script|entrypoint|entry|setup|exec|(?:initialize|onCreate|updateContent|postCreate|postStart|postAttach)Command|(?:pre|post)?install|prepare|prepublish|postpublish)$/

/**
 * Command lines of a configuration that some tool runs: of any YAML, and of the JSON files that tools know by name. Data in JSON
 * may speak of commands as it likes.
 */
export function findCommands(name: string, root: unknown): readonly FoundCommand[] {
  const starting = startOf(root)
  if (starting.length > 0) return starting
  if (/\.json$/i.test(name) && !JSON_FILES.test(name)) return []
  // What runs at the owner's is the owner's affair, unless all secrets of the owner leave.
  const isWanted = AT_OWNER.test(name) ? secretsSentIn : () => true
  return valuesOf(root)
    .filter(({ key }) => COMMAND_KEY.test(key))
    .flatMap(({ value, path }) => commandsOf(value, path.join('.')))
    .filter(({ text }) => isWanted(text))
    .slice(0, MAX_FOUND)
}

/** What a container starts with, of the configuration of an image, which may have any name (OCI image-spec, config.md). */
function startOf(root: unknown): readonly FoundCommand[] {
  const { config, rootfs } = fieldsOf(root)
  if (typeof rootfs !== 'object') return []
  const { Entrypoint: entry, Cmd: command, OnBuild: onBuild, Healthcheck: health } = fieldsOf(config)
  const line = [entry, command].flat().filter((word) => word !== undefined && word !== null)
  return [
    ...(line.length === 0 ? [] : commandsOf(line, 'config.Entrypoint')),
    ...commandsOf(onBuild, 'config.OnBuild'),
    ...commandsOf(fieldsOf(health).Test, 'config.Healthcheck'),
  ].slice(0, MAX_FOUND)
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** A text, or a program with its arguments. */
function commandsOf(value: unknown, place: string): readonly FoundCommand[] {
  if (typeof value === 'string') return value.split('\n').map((text) => ({ text, place }))
  if (!Array.isArray(value)) return []
  const words = value.filter((word) => typeof word === 'string')
  return [...words, words.join(' ')].map((text) => ({ text, place }))
}
