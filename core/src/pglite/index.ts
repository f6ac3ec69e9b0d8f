export { type OpenDatabase, openPglite, type PgliteOptions } from './open-pglite.ts'
