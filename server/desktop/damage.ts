import type { XConnection } from './x-connection.ts';
import type { XDamage } from './x11.ts';

/** A change of the screen after stillness; both moments in nanoseconds of CLOCK_MONOTONIC. */
export interface NoticedChange {
  /** Nothing had changed between then and the change. */
  readonly quietSince: bigint;
  readonly changedAt: bigint;
}

/** Is told of the screen. */
export interface DamageListener {
  /** The screen has changed. */
  onChange(): void;
  /** The first change of a run, exactly. */
  onNoticed?(change: NoticedChange): void;
  /** In how many milliseconds the screen is to be watched again: `atLeastMs`, as without it, or a little more. */
  watchAgainIn?(atLeastMs: number): number;
}

/**
 * Between the first change of a run and the next question, in ms, at least. Within it the X server keeps its changes to itself, so that
 * a busy screen costs at most 20 events a second however much is drawn (0.8 % of a core, measured); a pause of the encoder begins so much later.
 */
const QUIET_MS = 50;

/** A server's stamp that is older than this is of another clock, ms: 1 ms is usual (measured: 0.1 to 1.7, its rounding with it). */
const MAX_STAMP_AGE_MS = 250;

/**
 * Tells when the contents of the screen change, by DAMAGE: the first change after stillness at once, further ones about every
 * 50 ms for as long as they go on, on the captures' beat where `watchAgainIn` knows it. Also calls `onChange` once at the start. Ends with the connection.
 *
 * A change is always followed by a call, later than the change: what the server notes before it has emptied its list is
 * covered by the call after its answer, what it notes after that makes an event of its own.
 *
 * @throws Error when the server lacks DAMAGE
 */
export async function watchDamage(
  connection: XConnection,
  listener: DamageListener,
): Promise<void> {
  const { client, root } = connection;
  const extension = await connection.ask<XDamage>((reply) => client.require('damage', reply));
  const damage = client.AllocID();
  /** Since the list was emptied the last time. */
  const watch: { quietSince: bigint | undefined; hasChanged: boolean } = {
    quietSince: undefined,
    hasChanged: false,
  };
  const empty = async (): Promise<void> => {
    Object.assign(watch, { quietSince: undefined, hasChanged: false });
    extension.Subtract(damage, 0, 0);
    await connection.sync();
    if (!watch.hasChanged) watch.quietSince = process.hrtime.bigint();
    listener.onChange();
  };
  client.on('event', (event) => {
    if (event.name !== 'DamageNotify' || event.damage !== damage) return;
    const changedAt = momentOf(event.time);
    watch.hasChanged = true;
    listener.onChange();
    listener.onNoticed?.({ quietSince: watch.quietSince ?? changedAt, changedAt });
    setTimeout(
      () => {
        // Without a connection there is nothing to watch, and its owner knows.
        if (connection.isOpen) void empty().catch(() => undefined);
      },
      listener.watchAgainIn?.(QUIET_MS) ?? QUIET_MS,
    ).unref();
  });
  extension.Create(damage, root, extension.ReportLevel.NonEmpty);
  // What was drawn before the list existed is in it, or not: empty it in any case.
  await empty();
}

/**
 * When an event happened, nanoseconds of CLOCK_MONOTONIC. An X server of this machine stamps with that clock, in milliseconds cut to 32 bits
 * (GetTimeInMillis of the X.Org server); of any other stamp nothing is believed, and the event happened now.
 */
function momentOf(stampMs: number | undefined): bigint {
  const now = process.hrtime.bigint();
  if (stampMs === undefined) return now;
  const ageMs = (Number((now / 1_000_000n) & 0xffffffffn) - stampMs) | 0;
  if (ageMs < 0 || ageMs > MAX_STAMP_AGE_MS) return now;
  // Half a millisecond: the mean of what the cut took away.
  const stamp = (now / 1_000_000n - BigInt(ageMs)) * 1_000_000n + 500_000n;
  return stamp < now ? stamp : now;
}
