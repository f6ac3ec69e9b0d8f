export { type OpenDatabase, openPostgres, type PostgresOptions } from './open-postgres.ts'
