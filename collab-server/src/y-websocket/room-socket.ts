import { CLOSE_CODES } from '@nexus/core'
import { WebSocket } from 'ws'

/** The WebSocket of a y-websocket client: it comes back from 1009, with the same edit, for ever; from 4400 it does not. */
export class RoomSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code === CLOSE_CODES.tooLarge ? CLOSE_CODES.badRequest : code, reason)
  }
}
