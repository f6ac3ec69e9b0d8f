export { openPglite } from './open-pglite.ts'
