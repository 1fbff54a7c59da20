import { existsSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';

import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

import { HttpFault } from './fault.ts';

/** The build names files under /assets/ by their content, so that they never change. */
const FOREVER = 'public, max-age=31536000, immutable';
const ALWAYS_ASK = 'no-cache';

/** Serves the files of the built page. Nothing outside the directory, no hidden file, no listing, no redirect. */
export async function registerPage(fastify: FastifyInstance, directory: string): Promise<void> {
  if (!existsSync(join(directory, 'index.html'))) {
    fastify.get('/', () => {
      throw new HttpFault('pageMissing');
    });
    return;
  }
  const root = realpathSync(directory);
  await fastify.register(fastifyStatic, {
    root,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isNamedByContent = path.startsWith(join(root, 'assets') + sep);
      reply.header('cache-control', isNamedByContent ? FOREVER : ALWAYS_ASK);
    },
    // A link inside the directory could lead out of it.
    onFile: (path) => {
      if (!realpathSync(path).startsWith(root + sep)) throw new HttpFault('notFound');
    },
  });
}
