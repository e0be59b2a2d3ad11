export { type LightgbmView, looksLikeLightgbm, readLightgbm } from './read-lightgbm.ts'
