import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * A connection of ICE begins with the length of its first packet (RFC 4571, section 2), of which the higher byte stays below this: 2 KiB.
 * TLS begins with 22 (RFC 8446, section 5.1), HTTP with a letter, or a line break to be overlooked (RFC 9112, section 2.2).
 */
const FRAMED_BELOW = 8;

/**
 * Gives connections to another whose first byte says that they are neither HTTP's nor TLS's; the server gets the others as if nothing had
 * been read. Whoever listens for connections beside the server itself has to do it after this. Bounds no time: until its first byte
 * a connection is nobody's.
 */
export function divertFramed(server: Server, take: (socket: Socket) => void): void {
  const serving = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const drop = (): unknown => socket.destroy();
    const look = (): void => {
      const first = socket.read(1) as Buffer | null;
      if (first === null) return;
      socket.off('readable', look).off('end', drop).off('error', drop);
      socket.unshift(first);
      if ((first[0] ?? 0) < FRAMED_BELOW) take(socket);
      else for (const serve of serving) serve.call(server, socket);
    };
    socket.on('readable', look).on('end', drop).on('error', drop);
  });
}
