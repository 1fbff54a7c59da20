import { Link, type PathSettings } from './link.ts';
import { Namespace } from './namespace.ts';

/** What a client's path begins with. */
export interface ClientPath {
  /** Server to client, then client to server. */
  readonly down: PathSettings;
  readonly up: PathSettings;
}

export interface NetworkOptions {
  /** One namespace and one path each; from one to eight. */
  readonly clients: readonly ClientPath[];
  readonly seed: number;
  /** Congestion control of TCP, on the route: cubic unless given, as Linux comes, whatever this machine is set to. */
  readonly congestionControl?: 'bbr';
}

/** A client's namespace and its path to the server. */
export interface NetworkClient {
  readonly namespace: Namespace;
  readonly link: Link;
}

/** Where the server listens, in its own namespace. */
export const SERVER_ADDRESS = '10.77.0.1';

/** Ethernet's: what most paths carry. */
const MTU = 1_500;

/** Packets that a device holds until the emulator takes them: enough that the emulator's queue is the one that overflows. */
const DEVICE_PACKETS = 5_000;

/** A server's namespace and those of its clients, each behind an emulated path of its own. No other network is touched. */
export class Network {
  readonly server: Namespace;
  readonly clients: readonly NetworkClient[];

  private constructor(server: Namespace, clients: readonly NetworkClient[]) {
    this.server = server;
    this.clients = clients;
  }

  static async open(options: NetworkOptions): Promise<Network> {
    const server = Namespace.create('server');
    const clients: NetworkClient[] = [];
    try {
      for (const [index, path] of options.clients.entries()) {
        clients.push(await joinClient(server, { index, path, options }));
      }
    } catch (error) {
      await new Network(server, clients).close();
      throw error;
    }
    return new Network(server, clients);
  }

  /** Ends the paths and removes the namespaces; end what runs inside before. */
  async close(): Promise<void> {
    for (const { link, namespace } of this.clients) {
      await link.close();
      namespace.remove();
    }
    this.server.remove();
  }
}

async function joinClient(
  server: Namespace,
  {
    index,
    path,
    options,
  }: { readonly index: number; readonly path: ClientPath; readonly options: NetworkOptions },
): Promise<NetworkClient> {
  const namespace = Namespace.create(`client${index}`);
  const device = `link${index}`;
  const address = `10.77.0.${index + 2}`;
  const link = await Link.open({ a: server, b: namespace, device, seed: options.seed + index });
  link.set('ab', path.down);
  link.set('ba', path.up);
  const congestion = options.congestionControl ?? 'cubic';
  connect(server, { device, from: SERVER_ADDRESS, to: address, congestion });
  connect(namespace, { device, from: address, to: SERVER_ADDRESS, congestion });
  return { namespace, link };
}

interface Connection {
  readonly device: string;
  readonly from: string;
  readonly to: string;
  readonly congestion: string;
}

function connect(namespace: Namespace, { device, from, to, congestion }: Connection): void {
  // Without IPv6 there is no chatter between the two kernels on the link.
  const link = ['mtu', String(MTU), 'txqueuelen', String(DEVICE_PACKETS), 'addrgenmode', 'none'];
  namespace.ip('link', 'set', device, ...link, 'up');
  namespace.ip('address', 'add', `${from}/32`, 'dev', device);
  const route = ['add', `${to}/32`, 'dev', device, 'src', from];
  namespace.ip('route', ...route, 'congctl', congestion);
}
