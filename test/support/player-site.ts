/** Sites of other people: a page with players, built once and served at origins that are not the gateway's. */
import { createServer } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { build } from 'vite';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
};

/** One of the sites. */
export interface PlayerSite {
  /** Scheme, host and port. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Opens a site on a free port; it has its page from `serve` on. */
export async function openPlayerSite(serve: Promise<string>): Promise<PlayerSite> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const name = pathname === '/' ? '/index.html' : pathname;
    serve
      .then((directory) => readFile(join(directory, name)))
      .then(
        (content) => {
          const type = contentTypes[extname(name)] ?? 'application/octet-stream';
          response.writeHead(200, { 'content-type': type }).end(content);
        },
        () => response.writeHead(404).end(),
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Builds the page of test/browser/players; the directory is the caller's, who removes it. */
export async function buildPlayerPage(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'oriel-players-'));
  await build({
    root: fileURLToPath(new URL('../browser/players/page/', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    build: { outDir: directory, target: 'esnext', emptyOutDir: true },
  });
  return directory;
}

/** Removes what `buildPlayerPage` made. */
export async function removePlayerPage(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}
