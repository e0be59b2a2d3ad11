export { looksLikeMsgpack, type MsgpackSight, type MsgpackView, readMsgpack } from './read-msgpack.ts'
