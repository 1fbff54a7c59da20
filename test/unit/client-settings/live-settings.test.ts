import { describe, expect, it } from 'vitest';
import { PlayerClosedError } from '../../../client/answers.ts';
import { LiveSettings } from '../../../client/settings/live-settings.ts';
import type { ToNetworkWorker } from '../../../client/network/network-messages.ts';
import { streamFacts } from '../../support/stream-facts.ts';

function underTest() {
  const asked: ToNetworkWorker[] = [];
  const settings = new LiveSettings({
    chosen: {},
    toNetwork: (message) => void asked.push(message),
    present: () => undefined,
    isTrackRefused: () => true,
    chooseRung: (choice) => choice !== 'webRtc',
  });
  const requestOf = (at: number): number => {
    const message = asked[at];
    return message !== undefined && 'request' in message ? message.request : Number.NaN;
  };
  return { settings, asked, requestOf };
}

describe('live settings', () => {
  it('hold when the gateway has answered, and say what it refused', async () => {
    const { settings, requestOf } = underTest();
    const applied = settings.apply({ quality: 'text' });
    const facts = streamFacts({ refused: { quality: 'locked' } });
    settings.streamed(facts);
    settings.answered([requestOf(0)], facts);
    expect((await applied).refused).toEqual({ quality: 'locked' });
  });

  it('of the browser alone ask nobody', async () => {
    const { settings, asked } = underTest();
    expect((await settings.apply({ sink: 'track' })).refused).toEqual({ sink: 'unavailable' });
    expect(asked).toEqual([]);
  });

  it('leave out a transport that could not be had', async () => {
    const { settings, asked, requestOf } = underTest();
    const applied = settings.apply({ transport: 'websocket', quality: 'motion' });
    settings.transportChosen(requestOf(0), false);
    await expect.poll(() => asked.length).toBe(2);
    expect(asked[1]).toMatchObject({ type: 'settings', change: { quality: 'motion' } });
    settings.answered([requestOf(1)], streamFacts({}));
    expect((await applied).refused).toEqual({ transport: 'unavailable' });
    expect(settings.chosen).toEqual({ quality: 'motion' });
  });

  it('are asked again when the worker runs', () => {
    const { settings, asked, requestOf } = underTest();
    void settings.apply({ quality: 'text' });
    settings.started();
    expect(asked[1]).toEqual({ type: 'settings', request: requestOf(0), change: {} });
  });

  it('reject what still waits when the player is closed, and what is asked afterwards', async () => {
    const { settings, asked } = underTest();
    const waiting = [
      settings.apply({ quality: 'text' }),
      settings.apply({ transport: 'websocket' }),
    ];
    settings.close();
    for (const each of waiting) await expect(each).rejects.toBeInstanceOf(PlayerClosedError);
    const count = asked.length;
    await expect(settings.apply({ quality: 'motion' })).rejects.toBeInstanceOf(PlayerClosedError);
    await expect(settings.chooseTransport('auto')).rejects.toBeInstanceOf(PlayerClosedError);
    expect(asked).toHaveLength(count);
  });
});

describe('a rung of the ladder', () => {
  it('holds when this browser can play by it', async () => {
    const { settings } = underTest();
    const { settings: held, refused } = await settings.apply({ rung: 'mediaSource' });
    expect(held.rung).toBe('mediaSource');
    expect(refused).toEqual({});
  });

  it('is refused when it cannot, and the one before stays', async () => {
    const { settings } = underTest();
    const { settings: held, refused } = await settings.apply({ rung: 'webRtc' });
    expect(held.rung).toBe('auto');
    expect(refused).toEqual({ rung: 'unavailable' });
  });
});
