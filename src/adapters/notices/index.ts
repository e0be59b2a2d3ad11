export { createMail } from './mail.ts'
export { createSlackWebhook, createWebhook } from './webhooks.ts'
