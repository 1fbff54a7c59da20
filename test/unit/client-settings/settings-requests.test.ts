import { describe, expect, it } from 'vitest';
import { SettingsRequests } from '../../../client/settings/settings-requests.ts';
import type { StreamFacts } from '../../../protocol/control/stream.ts';
import { defaultStreamSettings, streamRanges } from '../../../protocol/stream-settings.ts';

const facts = (answers: number): StreamFacts => ({
  answers,
  settings: defaultStreamSettings,
  desktop: { width: 2, height: 2 },
  video: { codec: 'vp8', name: 'vp8', encoder: 'vp8enc', width: 2, height: 2, frameRate: 60 },
  offers: { codecs: ['vp8'] },
  policy: { locked: [], ranges: streamRanges },
  controls: true,
});

const live = (chosen = {}): SettingsRequests => {
  const requests = new SettingsRequests(chosen);
  requests.connected();
  return requests;
};

describe('SettingsRequests', () => {
  it('says nothing to a gateway of which nothing was asked', () => {
    expect(live().next(0)).toBeUndefined();
  });

  it('tells a connection what was chosen before it', () => {
    const settings = { mode: 'movie', scale: 0.5 } as const;
    expect(live(settings).next(0)).toEqual({ type: 'settings', id: 1, settings });
  });

  it('has one request on its way, and merges what comes meanwhile into the next', () => {
    const requests = live();
    requests.ask(1, { maxFrameRate: 30 });
    expect(requests.next(0)).toMatchObject({ id: 1, settings: { maxFrameRate: 30 } });
    requests.ask(2, { maxFrameRate: 20 });
    requests.ask(3, { maxFrameRate: 10, quality: 'motion' });
    expect(requests.next(1e6)).toBeUndefined();
    expect(requests.answered(facts(0))).toEqual([]);
    expect(requests.answered(facts(1))).toEqual([1]);
    expect(requests.next(1e6)).toEqual({
      type: 'settings',
      id: 2,
      settings: { maxFrameRate: 10, quality: 'motion' },
    });
    expect(requests.answered(facts(2))).toEqual([2, 3]);
    expect(requests.next(2e6)).toBeUndefined();
  });

  it('keeps under the rate that a gateway takes', () => {
    const requests = live();
    let now = 0;
    let sent = 0;
    for (let change = 1; now < 1e6; change += 1) {
      requests.ask(change, { scale: 1 });
      const next = requests.next(now);
      if (next?.type === 'settings') {
        sent += 1;
        requests.answered(facts(next.id));
      }
      now += 1e3;
    }
    expect(sent).toBe(10);
  });

  it('asks again after a cut for what was not answered, with all that was ever chosen', () => {
    const requests = live({ codec: 'vp8' });
    requests.next(0);
    requests.answered(facts(1));
    requests.ask(7, { mode: 'instant' });
    requests.next(1e6);
    requests.disconnected();
    requests.ask(8, { quality: 'motion' });
    expect(requests.next(2e6)).toBeUndefined();
    requests.connected();
    expect(requests.next(2e6)).toEqual({
      type: 'settings',
      id: 1,
      settings: { codec: 'vp8', mode: 'instant', quality: 'motion' },
    });
    expect(requests.answered(facts(1))).toEqual([7, 8]);
  });
});
