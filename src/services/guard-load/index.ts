export { type Guarded, type GuardedModel, type GuardOrder, guardModel } from './guard-model.ts'
export type {
  FollowedStanding,
  KnownHashes,
  Place,
  PlacedFile,
  PlacedStamp,
  PlaceReader,
  Places,
  PlaceWatch,
  PrivateCopy,
  Standing,
  StandingSource,
  Wanted,
} from './ports.ts'
export { type OnRevoke, runGuarded, runHook } from './run-guarded.ts'
export { createStandings, followedOne, type Standings } from './standings.ts'
export { type GuardEvent, type WatchEnd, watchModel } from './watch-model.ts'
