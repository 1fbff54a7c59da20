import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceOptions } from '../../../gst/source.ts';
import { videoPipeline } from '../../../gst/video-pipeline.ts';
import { RunningSource, until } from '../../support/gst/running-source.ts';

const GST = join(import.meta.dirname, '../../../gst');

let directory: string;
let running: RunningSource | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'oriel-gst-'));
});

afterEach(async () => {
  await running?.source.close();
  running = undefined;
  rmSync(directory, { recursive: true });
});

function start(options: Partial<SourceOptions> = {}) {
  const source = { type: 'test', pattern: 'ball', width: 320, height: 240 } as const;
  running = new RunningSource('h264', {
    description: () =>
      videoPipeline({ source, frameRate: 60, encoder: 'x264enc', bitrateKbps: 2000 }),
    ...options,
  });
  return running;
}

/** A child of our own making instead of the real one. */
function childModule(program: string): string {
  const path = join(directory, 'child.mjs');
  writeFileSync(path, program);
  return path;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function pidOf({ source }: RunningSource): number {
  if (source.pid === undefined) throw new Error('no child runs');
  return source.pid;
}

describe('a child that dies', () => {
  test('by kill -9, ten times in a row, is replaced and the picture is back within 1 s', async () => {
    const video = start();
    await video.more(5);
    const tookMs: number[] = [];
    for (let i = 0; i < 10; i++) {
      const attempt = video.source.restarts;
      const killedAt = performance.now();
      process.kill(pidOf(video), 'SIGKILL');
      await until('a new child', () => video.source.restarts > attempt, 1000);
      const [unit] = await video.more(1);
      tookMs.push(performance.now() - killedAt);
      expect(unit).toMatchObject({ key: true, discontinuity: true });
    }
    expect(Math.max(...tookMs), `took ${tookMs.map(Math.round).join(', ')} ms`).toBeLessThan(1000);
    expect(new Set(video.reasons)).toEqual(new Set(['killed by SIGKILL']));
  });

  test('because its pipeline makes no sense: the reason is told', async () => {
    const video = start({ description: () => 'nosuchsource ! fakesink' });
    await until('two attempts', () => video.reasons.length >= 2);
    expect(video.reasons[0]).toBe('the pipeline cannot be built: no element "nosuchsource"');
  });

  test('because there is no X display: the reason is told', async () => {
    const source = { type: 'x11', display: ':987' } as const;
    const video = start({
      description: () =>
        videoPipeline({ source, frameRate: 60, encoder: 'x264enc', bitrateKbps: 2000 }),
    });
    await until('an attempt', () => video.reasons.length >= 1);
    expect(video.reasons[0]).toMatch(/^ximagesrc\d+: .*display/i);
  });

  test('because the addon does not load: one sentence says what compiles it', async () => {
    cpSync(GST, join(directory, 'gst'), { recursive: true });
    const video = start({ childModule: join(directory, 'gst/child.ts') });
    await until('an attempt', () => video.reasons.length >= 1);
    expect(video.reasons[0]).toMatch(
      /gstreamer-superficial does not load; "npm start" compiles it/,
    );
  });

  test('with words on standard error: the last ones are told', async () => {
    const program = `
      for (let i = 0; i < 5000; i++) console.error('line ' + i);
      process.exitCode = 3;
    `;
    const video = start({ childModule: childModule(program) });
    await until('an attempt', () => video.reasons.length >= 1);
    expect(video.reasons[0]).toMatch(
      /^exited with code 3; last printed: .*line 4998 \| line 4999$/,
    );
  });

  test('because the settings are out of range: told, not thrown', async () => {
    const video = start({
      description: () => {
        throw new RangeError('frameRate: expected an integer from 1 to 240, got 0');
      },
    });
    await until('two attempts', () => video.reasons.length >= 2);
    expect(video.reasons[0]).toMatch(/^no pipeline: frameRate: expected/);
  });
});

describe('a child that lives but does not work', () => {
  test('stopped: is killed and replaced', async () => {
    const video = start({ silence: { runningMs: 600 } });
    await video.more(5);
    process.kill(pidOf(video), 'SIGSTOP');
    await until('the verdict', () => video.reasons.length === 1, 3000);
    expect(video.reasons).toEqual(['hung: sent nothing for 600 ms']);
    expect((await video.more(1))[0]?.key).toBe(true);
  });

  test('whose screen is gone: is killed when it is abandoned, and replaced when there is a screen again', async () => {
    const video = start();
    await video.more(5);
    process.kill(pidOf(video), 'SIGSTOP');
    video.source.abandon();
    await until('its end', () => video.reasons.length === 1);
    expect(video.reasons).toEqual(['what it captured is gone']);
    video.source.retry();
    expect((await video.more(1))[0]?.key).toBe(true);
  });

  test('silent from its start: is killed and replaced', async () => {
    const video = start({
      silence: { startMs: 400 },
      childModule: childModule('setInterval(() => undefined, 1000);'),
    });
    await until('two verdicts', () => video.reasons.length >= 2);
    expect(video.reasons[0]).toBe('hung: sent nothing for 400 ms');
  });

  test('deaf to its control messages: is killed before they pile up', async () => {
    const video = start({
      silence: { startMs: 20_000 },
      childModule: childModule('setInterval(() => undefined, 1000);'),
    });
    // The pipe itself takes some 200 KB before anything has to wait.
    await until('the verdict', () => {
      for (let i = 0; i < 1000; i++) video.source.requestKeyframe();
      return video.reasons.length >= 1;
    });
    expect(video.reasons[0]).toBe('does not read its control messages');
  });

  test('sending garbage on every pipe: hurts nobody, and is replaced', async () => {
    const program = `
      import { writeSync } from 'node:fs';
      import { randomBytes } from 'node:crypto';
      for (;;) for (const fd of [2, 3, 4]) writeSync(fd, randomBytes(65_000));
    `;
    const video = start({ childModule: childModule(program) });
    await until('three replacements', () => video.source.restarts >= 3);
    expect(video.framingLosses).toBeGreaterThanOrEqual(3);
    expect(video.units).toEqual([]);
    expect(video.reasons[0]).toBe('restarted on request');
  });
});

describe('closing', () => {
  test('kills the child, twice is once, and nothing starts again', async () => {
    const video = start();
    await video.more(1);
    const pid = pidOf(video);
    await Promise.all([video.source.close(), video.source.close()]);
    expect(await video.source.closed).toBe('closed');
    expect(isAlive(pid)).toBe(false);
    video.source.start();
    video.source.restart();
    video.source.setBitrate(1000);
    expect(video.source.pid).toBeUndefined();
    expect(video.states.at(-1)).toEqual({ type: 'closed' });
  });

  test('while a restart waits', async () => {
    const video = start({ childModule: childModule('process.exitCode = 1;') });
    await until('a wait', () => {
      const state = video.states.at(-1);
      return state?.type === 'backoff' && state.retryInMs > 100;
    });
    await video.source.close();
    expect(video.states.at(-1)).toEqual({ type: 'closed' });
  });

  test('a parent that is killed takes its children along', async () => {
    const program = `
      import { Source } from '${join(GST, 'source.ts')}';
      import { videoPipeline } from '${join(GST, 'video-pipeline.ts')}';
      const source = new Source({
        name: 'video',
        description: () => videoPipeline({
          source: { type: 'test', pattern: 'ball', width: 320, height: 240 },
          frameRate: 60, encoder: 'x264enc', bitrateKbps: 2000,
        }),
        onBytes() {}, onReset() {},
        onState: ({ type }) => type === 'running' && console.log(source.pid),
      });
      source.start();
    `;
    const parent = spawn(process.execPath, [childModule(program)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until('the end of the child', () => !isAlive(pid), 3000);
  });
});
