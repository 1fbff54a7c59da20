import { XConnection, type XConnectionOptions } from './x-connection.ts';
import { x11 } from './x11.ts';

/** A window manager that has not announced itself by then, in ms, is not waited for: windows can do without. */
const ANNOUNCE_TIMEOUT_MS = 5_000;

const PROPERTY = '_NET_SUPPORTING_WM_CHECK';

/** Any type of property (X Window System Protocol, GetProperty). */
const ANY_TYPE = 0;

/**
 * Resolves when a window manager has announced itself on the display (Extended Window Manager Hints,
 * _NET_SUPPORTING_WM_CHECK), or after 5 s. A program that maps its window in the moment in which the window manager takes over
 * waits for an answer that never comes: xterm did so in one start of ten.
 */
export async function windowManagerReady(options: XConnectionOptions): Promise<void> {
  const connection = await XConnection.open(options);
  const timeout = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => timeout.resolve(undefined), ANNOUNCE_TIMEOUT_MS);
  try {
    await Promise.race([announced(connection), timeout.promise]);
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}

async function announced(connection: XConnection): Promise<void> {
  const { client, root } = connection;
  // The package would answer with the number that another X server gave this name.
  client.atoms[PROPERTY] = 0;
  const check = await connection.ask<number>((reply) => client.InternAtom(false, PROPERTY, reply));
  const changed = new Promise<void>((resolve) => {
    client.on('event', ({ name, atom }) => {
      if (name === 'PropertyNotify' && atom === check) resolve();
    });
  });
  client.ChangeWindowAttributes(root, { eventMask: x11.eventMask.PropertyChange });
  const { data } = await connection.ask<{ readonly data: Buffer }>((reply) =>
    client.GetProperty(0, root, check, ANY_TYPE, 0, 1, reply),
  );
  if (data.length === 0) await changed;
}
