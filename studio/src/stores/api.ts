import { createApi } from '../api/client.ts'

/** The one connection of this page to the HTTP interface. */
export const api = createApi()
