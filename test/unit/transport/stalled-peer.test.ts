import { expect, onTestFinished, test } from 'vitest';
import { encodeControl } from '../../../protocol/control/control-unit.ts';
import { SessionCode } from '../../../protocol/errors.ts';
import { micros, millis } from '../../../protocol/time.ts';
import { createClock, type Clock } from '../../../server/session-clock.ts';
import { memoryPair } from '../../../server/transport/memory.ts';
import { SendingSession } from '../../conformance/sending-session.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { BULK, message } from '../schedule/messages.ts';

/** A session clock on which time passes faster, so that 10 s need no patience. */
const fastClock = (factor: number): Clock => {
  const clock = createClock();
  return {
    now: () => micros(factor * clock.now()),
    fromMonotonicNanos: (nanos) => micros(factor * clock.fromMonotonicNanos(nanos)),
  };
};

const FACTOR = 10;

const connect = () => {
  const clock = fastClock(FACTOR);
  const { server, client } = memoryPair({ clock, logger: silentLogger });
  let id = 0;
  const ping = setInterval(
    () => client.send(encodeControl({ type: 'ping', id: id++, t0: micros(0) })),
    millis(1_000 / FACTOR),
  );
  onTestFinished(() => {
    clearInterval(ping);
    server.close(SessionCode.ok, 'test is over');
  });
  const session = new SendingSession(server, clock);
  session.open(BULK, 'bulk');
  session.start();
  return { clock, server, client, session };
};

test('a peer that lives but acknowledges nothing for 10 s is closed', async () => {
  const { clock, server, client, session } = connect();
  client.setReading(false);
  const startedAt = clock.now();
  session.push(message(0, { flow: BULK, bytes: 100_000, budget: 0 }));
  expect(await server.closed).toMatchObject({
    code: SessionCode.timeout,
    reason: 'peer: expected an acknowledgement within 10 s, got none',
  });
  expect(clock.now() - startedAt).toBeGreaterThan(9e6);
});

test('a peer that is sent nothing may acknowledge nothing', async () => {
  const { clock, server } = connect();
  const startedAt = clock.now();
  const until = new Promise<'alive'>((resolve) => {
    const look = (): void => {
      if (clock.now() - startedAt > 16e6) resolve('alive');
      else setImmediate(look);
    };
    look();
  });
  expect(await Promise.race([until, server.closed])).toBe('alive');
});
