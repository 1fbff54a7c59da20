import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { openTcpPath } from './tcp-path.ts';

/** Two ends of one WebSocket over loopback TCP, with a path between them that can go dark. */
export interface WebSocketConnection {
  /** The accepted end; nothing was read from it. */
  readonly accepted: WebSocket;
  readonly client: WebSocket;
  goDark(): void;
  close(): Promise<void>;
}

/**
 * Opens one connection as the gateway accepts them. `accept` runs in the turn of the upgrade, in which whoever takes the
 * socket must listen to it.
 */
export async function openWebSocket<T>(
  accept: (socket: WebSocket) => T,
): Promise<WebSocketConnection & { readonly result: T }> {
  const http = createServer();
  const upgrades = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 1024 * 1024,
    handleProtocols: () => 'dtf.1',
  });
  const accepted = new Promise<{ socket: WebSocket; result: T }>((resolve) => {
    http.on('upgrade', (request, socket, head) =>
      upgrades.handleUpgrade(request, socket, head, (webSocket) =>
        resolve({ socket: webSocket, result: accept(webSocket) }),
      ),
    );
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const path = await openTcpPath((http.address() as AddressInfo).port);
  const client = new WebSocket(`ws://127.0.0.1:${path.port}/dtf/1`, ['dtf.1'], {
    perMessageDeflate: false,
    maxPayload: 16 * 1024 * 1024,
  });
  const { socket, result } = await accepted;
  return {
    accepted: socket,
    client,
    result,
    goDark: () => path.goDark(),
    close: async () => {
      client.terminate();
      socket.terminate();
      await path.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
