import type { XConnection } from './x-connection.ts';
import type { XDamage } from './x11.ts';

/**
 * Between the first change of a run and the next question, in ms. Within it the X server keeps its changes to itself, so that
 * a busy screen costs 20 events a second however much is drawn; a pause of the encoder begins up to this much later.
 */
const QUIET_MS = 50;

/**
 * Tells when the contents of the screen change, by DAMAGE: the first change after stillness at once, further ones about every
 * 50 ms for as long as they go on. Also calls `onChange` once at the start. Ends with the connection.
 *
 * A change is always followed by a call, later than the change: what the server notes before it has emptied its list is
 * covered by the call after its answer, what it notes after that makes an event of its own.
 *
 * @throws Error when the server lacks DAMAGE
 */
export async function watchDamage(connection: XConnection, onChange: () => void): Promise<void> {
  const { client, root } = connection;
  const extension = await connection.ask<XDamage>((reply) => client.require('damage', reply));
  const damage = client.AllocID();
  const empty = async (): Promise<void> => {
    extension.Subtract(damage, 0, 0);
    await connection.sync();
    onChange();
  };
  client.on('event', (event) => {
    if (event.name !== 'DamageNotify' || event.damage !== damage) return;
    onChange();
    setTimeout(() => {
      // Without a connection there is nothing to watch, and its owner knows.
      if (connection.isOpen) void empty().catch(() => undefined);
    }, QUIET_MS).unref();
  });
  extension.Create(damage, root, extension.ReportLevel.NonEmpty);
  // What was drawn before the list existed is in it, or not: empty it in any case.
  await empty();
}
