/** A player without a server: the test says what happens, input is recorded, the canvas shows a painted desktop. */
import type { Refused, StreamFacts } from '../../../../protocol/control/stream.ts';
import type { InputEvent } from '../../../../protocol/input.ts';
import { mergeChange } from '../../../../protocol/stream-settings.ts';
import type { PlayerOptions, PlayerState, SoundState } from '../../../../client/player.ts';
import {
  settingsInForce,
  type AppliedSettings,
  type UserChange,
  type UserSettings,
} from '../../../../client/settings/user-settings.ts';
import type { PlayerControl } from '../../../../client/view/player-control.ts';
import { streamFacts } from '../../../support/stream-facts.ts';

export class ScriptedPlayer implements PlayerControl {
  readonly options: PlayerOptions;
  readonly sent: InputEvent[] = [];
  /** Texts for the desktop's clipboard. */
  readonly put: string[] = [];
  soundState: SoundState = 'playing';
  isClosed = false;
  /** Every change that was asked for, the oldest first. */
  readonly changes: UserChange[] = [];
  /** What the gateway refuses from now on. */
  refusals: Refused = {};
  /** What holds. */
  settings: UserSettings;

  constructor(options: PlayerOptions) {
    this.options = options;
    this.settings = settingsInForce(options.settings ?? {}, undefined);
  }

  /** Measures nothing. */
  readonly measurements: PlayerControl['measurements'] = {
    startRun: () => undefined,
    stopRun: () => Promise.reject(new Error('nothing to measure')),
    nextFrame: () => Promise.resolve(),
    watchMark: () => undefined,
    unwatchMark: () => undefined,
  };

  /** No gateway answers. */
  readonly api = { read: () => Promise.resolve(undefined) };

  start(): void {
    this.options.onState({ phase: 'connecting' });
  }

  sendInput(events: readonly InputEvent[]): void {
    this.sent.push(...events);
  }

  putClipboard(text: string): void {
    this.put.push(text);
  }

  /** Takes everything but what `refusals` names. */
  apply(change: UserChange): Promise<AppliedSettings> {
    this.changes.push(change);
    const asked = Object.keys(change);
    const refused = Object.fromEntries(
      Object.entries(this.refusals).filter(([name]) => asked.includes(name)),
    );
    const taken = Object.fromEntries(
      Object.entries(change).filter(([name]) => !Object.hasOwn(refused, name)),
    );
    this.settings = mergeChange<UserSettings>(this.settings, taken);
    return Promise.resolve({ settings: this.settings, refused });
  }

  /** Says what the gateway does of the stream. */
  stream(facts: Partial<StreamFacts>): void {
    this.settings = { ...this.settings, ...facts.settings };
    this.options.onStream?.(streamFacts({ offers: { codecs: ['h264', 'vp8', 'vp9'] }, ...facts }));
  }

  resumeSound(): Promise<void> {
    this.soundState = 'playing';
    return Promise.resolve();
  }

  close(): void {
    this.isClosed = true;
  }

  state(state: PlayerState): void {
    if (state.desktop !== undefined) paintDesktop(this.options.canvas, state.desktop);
    this.options.onState(state);
  }

  /** Statistics with only what the page shows. */
  stats(latencyMs: number, sound: SoundState): void {
    this.soundState = sound;
    const stage = { p50Ms: latencyMs, p95Ms: latencyMs };
    this.options.onStats({
      network: undefined,
      video: {
        codec: 'avc1.42C020',
        width: 0,
        height: 0,
        framesPerSecond: 60,
        decoded: 0,
        shown: 0,
        skipped: 0,
        superseded: 0,
        late: 0,
        dropped: { late: 0, superseded: 0, crowded: 0, overtaken: 0, hidden: 0, reset: 0 },
        sink: 'canvas',
        soundOffsetMs: undefined,
        heldMs: 0,
        decodeErrors: 0,
        decodeOverloads: 0,
        decodeQueue: 0,
        latency: {
          samples: 60,
          capture: stage,
          encode: stage,
          queue: stage,
          network: stage,
          reassembly: stage,
          decode: stage,
          present: stage,
          total: stage,
          typical: {
            captureMs: latencyMs / 4,
            encodeMs: latencyMs / 8,
            queueMs: latencyMs / 8,
            networkMs: latencyMs / 16,
            reassemblyMs: latencyMs / 16,
            decodeMs: latencyMs / 8,
            presentMs: latencyMs / 4,
            totalMs: latencyMs,
          },
          recent: stage,
        },
      },
      audio: { state: sound, fillMs: 40, targetMs: 40, underruns: 0, overruns: 0, ratePpm: 0 },
    });
  }

  /** Shows a square pointer. */
  cursor(size: number): void {
    const rgba = new Uint8ClampedArray(size * size * 4).fill(255);
    this.options.onCursor({ type: 'image', width: size, height: size, hotX: 3, hotY: 4, rgba });
  }
}

interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** A desktop to look at: wallpaper, a panel, two windows. */
function paintDesktop(canvas: HTMLCanvasElement, { width, height }: PictureSize): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const wallpaper = context.createLinearGradient(0, 0, width, height);
  wallpaper.addColorStop(0, '#2b5876');
  wallpaper.addColorStop(1, '#4e4376');
  context.fillStyle = wallpaper;
  context.fillRect(0, 0, width, height);
  context.fillStyle = '#1d2430';
  context.fillRect(0, height - 34, width, 34);
  paintWindow(context, { x: 0.06, y: 0.1, width: 0.52, height: 0.7 }, { width, height });
  paintWindow(context, { x: 0.45, y: 0.3, width: 0.48, height: 0.56 }, { width, height });
}

function paintWindow(
  context: CanvasRenderingContext2D,
  part: { x: number; y: number; width: number; height: number },
  size: PictureSize,
): void {
  const x = part.x * size.width;
  const y = part.y * size.height;
  const width = part.width * size.width;
  const height = part.height * size.height;
  context.fillStyle = '#3b4252';
  context.fillRect(x, y, width, 26);
  context.fillStyle = '#f4f5f7';
  context.fillRect(x, y + 26, width, height - 26);
  context.fillStyle = '#8891a5';
  for (let line = 0; line < 12; line += 1) {
    context.fillRect(x + 20, y + 50 + line * 22, width * (0.3 + ((line * 37) % 50) / 100), 8);
  }
}
