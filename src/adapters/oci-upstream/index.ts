export { createOciUpstream } from './oci-upstream.ts'
