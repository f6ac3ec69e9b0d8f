import { createOpenApiDocument } from '@nexus/api/openapi'
import { renderTypes } from '@nexus/client/render-types'

/** `client/src/openapi.ts`: the types of every request and answer, from the OpenAPI document. */
export const renderClientTypes = async (): Promise<string> =>
  `// Written by \`npm run docs\` from api/src/openapi.\n${await renderTypes(createOpenApiDocument())}`
