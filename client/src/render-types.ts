import openapiTypescript, { astToString, type OpenAPI3 } from 'openapi-typescript'

/** An OpenAPI 3.1 document as TypeScript types: `paths`, `components`, `operations`. */
export const renderTypes = async (document: unknown): Promise<string> =>
  astToString(
    // The program checks the document itself, and says what is wrong with it.
    await openapiTypescript(document as OpenAPI3, { silent: true, defaultNonNullable: false }),
  )
