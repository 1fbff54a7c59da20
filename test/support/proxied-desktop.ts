import { startDesktopGateway, type DesktopGateway } from './desktop-gateway.ts';
import { freePort } from './free-port.ts';
import { documentedBlock, proxyNames, ReverseProxy, type ProxyName } from './reverse-proxy.ts';

/** A desktop behind every proxy of the documents, under /desk. */
export interface ProxiedDesktop {
  readonly desktop: DesktopGateway;
  /** A new link to the desktop that leads through the proxy. */
  link(through: ProxyName): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts the gateway as docs/browsers.md says it, on a port that is free, with the proxies as they stand there.
 *
 * @param timesFaster how much faster than in Debian's packages idle connections are cut
 * @param flags of the gateway, beside those of the document
 */
export async function startProxiedDesktop(
  timesFaster: number,
  flags: readonly string[],
): Promise<ProxiedDesktop> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    const desktop = await startDesktopGateway([...documentedFlags(), ...flags]);
    closers.push(() => desktop.close());
    const ports = new Map<ProxyName, number>();
    for (const name of proxyNames) {
      const port = await freePort();
      const documented = documentedBlock('browsers.md', name).replace(
        '127.0.0.1:8080',
        `127.0.0.1:${desktop.gateway.port}`,
      );
      const proxy = await ReverseProxy.start(name, { port, documented, timesFaster });
      closers.push(() => proxy.stop());
      ports.set(name, port);
    }
    const link = async (through: ProxyName): Promise<string> => {
      const url = new URL(await desktop.gateway.link());
      url.protocol = 'http:';
      url.hostname = '127.0.0.1';
      url.port = String(ports.get(through));
      return url.href;
    };
    return { desktop, link, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The flags of the gateway in the document; the name of the page is this machine's here, which needs no --public-origins. */
function documentedFlags(): readonly string[] {
  const block = documentedBlock('browsers.md', 'sh', 'npm start -- --base-path');
  return block
    .trim()
    .replace('npm start -- ', '')
    .replace(/--public-origins \S+ /, '')
    .split(' ');
}
