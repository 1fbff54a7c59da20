import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeAuthority } from '../../../server/desktop/x-authority.ts';
import { Gateway } from '../../support/gateway.ts';
import { HeadlessViewer } from '../../support/headless-viewer.ts';
import { startXServer } from '../../support/x-server.ts';

/** Time for one change to be seen, on a loaded machine. A picture has to be back within 5 s of its X server. */
const SEEN = { timeout: 15_000, interval: 50 };

interface Answer {
  readonly code: number;
  readonly reasons?: readonly string[];
  readonly notes?: readonly string[];
}

test('display, sound server and gateway come and go in any order', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'oriel-order-'));
  const authority = join(directory, 'authority');
  const pulse = join(directory, 'pulse.socket');
  const newCookie = () => writeFile(authority, encodeAuthority(randomBytes(16)));
  const free = await startXServer();
  await free.close();
  const { display } = free;

  const gateway = await Gateway.start(['--display', display], {
    XAUTHORITY: authority,
    PULSE_SERVER: `unix:${pulse}`,
  });
  const link = await gateway.link();
  const { origin } = new URL(link);
  const ask = async (path: string): Promise<Answer> => {
    const answer = await fetch(origin + path);
    return { ...((await answer.json()) as object), code: answer.status };
  };
  const closers: (() => Promise<unknown>)[] = [
    () => gateway.stop(),
    () => rm(directory, { recursive: true }),
  ];
  try {
    await expect
      .poll(() => ask('/readyz'), SEEN)
      .toMatchObject({
        code: 503,
        reasons: [`waits for the X display ${display}`, 'no encoder is running'],
      });
    expect(gateway.log.join('\n')).toContain(`waits for the X display ${display}`);
    expect(await ask('/startupz')).toMatchObject({ code: 200 });
    expect(await ask('/healthz')).toMatchObject({ code: 200 });

    const messages = { picture: 0 };
    const viewer = await HeadlessViewer.open(link, ({ header }) => {
      if (Number(header.flow) === 4) messages.picture += 1;
    });
    closers.unshift(() => {
      viewer.close();
      return Promise.resolve();
    });

    await newCookie();
    const first = await startXServer({ width: 640, height: 480 }, display, authority);
    closers.unshift(() => first.close());
    await expect.poll(() => messages.picture, SEEN).toBeGreaterThan(0);
    await expect
      .poll(() => ask('/readyz'), SEEN)
      .toMatchObject({
        code: 200,
        notes: ['waits for the sound server'],
      });

    const sound = spawn(
      'pulseaudio',
      [
        ...['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no'],
        ...['--load=module-null-sink', `--load=module-native-protocol-unix socket=${pulse}`],
      ],
      { stdio: 'ignore', env: { ...process.env, PULSE_RUNTIME_PATH: directory } },
    );
    closers.unshift(async () => {
      sound.kill('SIGKILL');
      if (sound.exitCode === null && sound.signalCode === null) await once(sound, 'exit');
    });
    await expect.poll(() => ask('/readyz'), SEEN).toEqual({ code: 200, status: 'ok' });

    first.process.kill('SIGKILL');
    await expect.poll(() => ask('/readyz'), SEEN).toMatchObject({ code: 503 });
    expect(await ask('/healthz')).toMatchObject({ code: 200 });
    await first.close();

    // The same display, another cookie, another size.
    await newCookie();
    messages.picture = 0;
    const second = await startXServer({ width: 800, height: 600 }, display, authority);
    closers.unshift(() => second.close());
    const begun = performance.now();
    await expect.poll(() => messages.picture, SEEN).toBeGreaterThan(0);
    expect(performance.now() - begun).toBeLessThan(5_000);
    await expect.poll(() => ask('/readyz'), SEEN).toMatchObject({ code: 200 });
    // The encoder of the first server's screen was not waited for until its silence told.
    const gone = gateway.log.findIndex((line) => line.includes('the X server is gone'));
    const ended = gateway.log
      .slice(gone)
      .find((line) => line.includes('"video"') && line.includes('encoder ended'));
    expect(ended).toContain('"reason"');
    expect(ended).not.toContain('"reason":"hung');
  } finally {
    for (const close of closers) await close();
  }
});
