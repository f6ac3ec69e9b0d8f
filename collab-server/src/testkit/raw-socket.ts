import { once } from 'node:events'
import * as encoding from 'lib0/encoding'
import WebSocket from 'ws'

/** A client that says exactly what it is told to. */
export class RawSocket implements Disposable {
  readonly ws: WebSocket
  readonly frames: Uint8Array[] = []
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>

  private constructor(ws: WebSocket) {
    this.ws = ws
    ws.binaryType = 'arraybuffer'
    ws.on('message', (data) => {
      if (data instanceof ArrayBuffer) this.frames.push(new Uint8Array(data))
    })
    ws.on('error', () => {})
    this.closed = new Promise((resolve) => {
      ws.once('close', (code, reason) => resolve({ code, reason: reason.toString() }))
    })
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<RawSocket> {
    const socket = new RawSocket(new WebSocket(url, { headers }))
    await once(socket.ws, 'open')
    return socket
  }

  auth(address: string, token: string): void {
    this.ws.send(frame(address, 2, 0, token))
  }

  update(address: string, update: Uint8Array): void {
    this.ws.send(frame(address, 0, 2, update))
  }

  awareness(address: string, states: Uint8Array): void {
    this.ws.send(frame(address, 1, states))
  }

  /** Frames of a type for an address, as `type` and the bytes after it. */
  of(address: string, type: number): Uint8Array[] {
    const start = frame(address, type)
    return this.frames
      .filter((bytes) => start.every((byte, at) => bytes[at] === byte))
      .map((bytes) => bytes.subarray(start.length))
  }

  [Symbol.dispose](): void {
    this.ws.terminate()
  }
}

/** An address followed by numbers, texts and byte strings, each in the encoding of the protocol. */
export function frame(address: string, ...parts: readonly (number | string | Uint8Array)[]): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarString(encoder, address)
  for (const part of parts) {
    if (typeof part === 'number') encoding.writeVarUint(encoder, part)
    else if (typeof part === 'string') encoding.writeVarString(encoder, part)
    else encoding.writeVarUint8Array(encoder, part)
  }
  return encoding.toUint8Array(encoder)
}
