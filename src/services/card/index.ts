export { composeCard } from './compose-card.ts'
