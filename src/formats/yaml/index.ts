export { readYaml } from './read-yaml.ts'
export type { YamlView } from './yaml-view.ts'
