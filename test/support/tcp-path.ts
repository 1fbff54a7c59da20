import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** A path between a client and a server on this machine that can go dark. */
export interface TcpPath {
  /** Where clients connect to. */
  readonly port: number;
  /**
   * From now on nothing passes on the connections that are open, and neither end is told. With `upgradedOnly` that is true of
   * WebSockets alone: requests that wait in a browser's pool of idle connections then still get through.
   */
  goDark(options?: { readonly upgradedOnly?: boolean }): void;
  close(): Promise<void>;
}

/** Forwards connections to a port until it goes dark. */
export async function openTcpPath(targetPort: number): Promise<TcpPath> {
  const sockets = new Set<Socket>();
  const upgraded = new WeakSet<Socket>();
  const dark = new WeakSet<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    near.once('data', (head: Buffer) => {
      if (!/^upgrade: websocket\r$/im.test(head.toString('latin1'))) return;
      upgraded.add(near).add(far);
    });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => from.destroy());
      from.on('close', () => {
        sockets.delete(from);
        if (!dark.has(from)) to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    goDark: ({ upgradedOnly = false } = {}) => {
      for (const socket of sockets) {
        if (upgradedOnly && !upgraded.has(socket)) continue;
        dark.add(socket);
        socket.unpipe().pause();
      }
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
