import { runServiceProcess } from '@nexus/core/server'
import { COLLAB_PROCESS_OPTIONS } from './config.ts'
import { createCollabServer } from './server.ts'

await runServiceProcess({
  name: 'collab-server',
  options: COLLAB_PROCESS_OPTIONS,
  environment: process.env,
  create: (options, parts) => createCollabServer({ ...parts, options }),
})
