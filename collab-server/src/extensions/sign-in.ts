import type { Extension } from '@hocuspocus/server'
import { CLOSE_CODES, parseDocumentName } from '@nexus/core'
import { type Credentials, type Logger, type VerifiedCaller, verifyCaller } from '@nexus/core/server'
import type { AccessCache } from '../access-cache.ts'
import { Refusal, refusalOf } from '../refusal.ts'
import { mayWrite } from '../rights.ts'
import type { CollabSocket, ConnectionContext } from '../transport/socket.ts'
import type { SocketRegistry } from '../transport/socket-registry.ts'

interface SignInParts extends Credentials {
  readonly access: AccessCache
  readonly registry: SocketRegistry
  readonly logger: Logger
}

/** Lets members of its workspace into a document, readers as readers, and renews a socket's token. */
export function createSignIn(parts: SignInParts): Extension<ConnectionContext> {
  return {
    extensionName: 'sign-in',
    onAuthenticate: async ({ token, documentName, context: { socket }, connectionConfig }) => {
      try {
        const address = parseDocumentName(documentName)
        if (address === null) throw new Refusal('not_found')
        const caller = await signIn(parts, socket, token)
        const access = await parts.access.get(caller, address.workspaceId)
        if (access === null) throw new Refusal('not_found')
        connectionConfig.readOnly = !mayWrite(access)
      } catch (error) {
        throw logged(parts.logger, error, documentName)
      }
    },
    // Hocuspocus drops the context this returns (4.7), and closes one document when it throws: here the socket is what
    // holds the token, so it is what changes or ends.
    onTokenSync: async ({ token, connection, documentName }) => {
      const { socket } = connection.context
      try {
        await signIn(parts, socket, token)
      } catch (error) {
        const { reason } = logged(parts.logger, error, documentName)
        if (reason === 'unavailable') socket.close(CLOSE_CODES.tryAgainLater, reason)
        else socket.close(CLOSE_CODES.unauthorized, reason)
      }
    },
  }
}

/** @throws {Refusal} `unauthorized`, also for another user than the socket's; `rate_limited` for too many sockets. */
async function signIn(parts: SignInParts, socket: CollabSocket, token: string): Promise<VerifiedCaller> {
  const caller = await verifyCaller(parts, token)
  const known = socket.caller
  if (known !== null && known.userId !== caller.userId) throw new Refusal('unauthorized')
  if (!parts.registry.addToUser(socket, caller.userId)) {
    socket.close(CLOSE_CODES.rateLimited, 'too many connections of this user')
    throw new Refusal('rate_limited')
  }
  if (known === null || known.expiresAt <= caller.expiresAt) socket.caller = caller
  return caller
}

function logged(logger: Logger, error: unknown, document: string): Refusal {
  const refusal = refusalOf(error)
  if (refusal.reason === 'unavailable')
    logger.warn({ err: error, document }, 'a sign-in could not be checked')
  else logger.debug({ reason: refusal.reason, document }, 'a sign-in was refused')
  return refusal
}
