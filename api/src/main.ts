import { runServiceProcess } from '@nexus/core/server'
import { migrate } from '@nexus/core/sql'
import { createApi } from './app.ts'
import { API_PROCESS_OPTIONS } from './config.ts'

await runServiceProcess({
  name: 'api',
  options: API_PROCESS_OPTIONS,
  environment: process.env,
  create: async (options, parts) => {
    await migrate(parts.db)
    return createApi({ ...parts, options })
  },
})
