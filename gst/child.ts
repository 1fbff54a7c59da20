/**
 * The process that runs one pipeline, and the only one that loads GStreamer: its elements can abort the process, and a
 * pipeline is never freed. Started by `Source`; control comes on standard input, media goes out on descriptor 3 (written
 * by fdsink itself), messages on descriptor 4. It ends by SIGKILL, since process.exit() waits for ever for the thread
 * that polls the bus.
 */
import { writeSync } from 'node:fs';
import { createRequire, flushCompileCache } from 'node:module';
import type { Addon, AddonElement, AddonPipeline } from './addon.ts';
import {
  encodeLine,
  JsonLines,
  messageFd,
  type ChildMessage,
  type ControlMessage,
  type KeyframeMeans,
  type RunTimeSettings,
} from './control-message.ts';
import { elementName } from './description.ts';
import { nudgeFrameRate } from './frame-rate-caps.ts';

type StartMessage = Extract<ControlMessage, { type: 'start' }>;

interface Running {
  readonly pipeline: AddonPipeline;
  readonly elements: ReadonlyMap<string, AddonElement>;
  readonly restAfterMs: number | undefined;
}

/** A halted source hands out what it held within some milliseconds (9 measured); one that says nothing for so long held none. */
const LONGEST_HELD_MS = 100;

/** What `captured` has told of is on its way to the valve, some microseconds of work; the next picture is at least 4 ms away. */
const PASSING_MS = 3;

/** Runs while a pause is young. */
let restTimer: NodeJS.Timeout | undefined;
/** Runs while the valve waits for the picture that a halted source held. */
let openTimer: NodeJS.Timeout | undefined;
let isResting = false;

function tell(message: ChildMessage): void {
  try {
    writeSync(messageFd, encodeLine(message));
  } catch {
    // Started by hand, or the parent is gone: standard error below is all there is.
  }
}

function die(reason: string): never {
  tell({ type: 'failed', reason });
  process.stderr.write(`${reason}\n`);
  process.kill(process.pid, 'SIGKILL');
  throw new Error(reason);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function loadAddon(): Addon {
  try {
    return createRequire(import.meta.url)('gstreamer-superficial') as Addon;
  } catch (error) {
    const [cause] = textOf(error).split('\n');
    return die(
      'the addon gstreamer-superficial does not load; "npm start" compiles it for the Node that it runs, which is to be the one ' +
        `that runs the gateway, now ${process.version}: ${cause ?? 'no reason given'}`,
    );
  }
}

function build(addon: Addon, { description, restAfterMs }: StartMessage): Running {
  let pipeline: AddonPipeline;
  try {
    pipeline = new addon.Pipeline(description);
  } catch (error) {
    return die(`the pipeline cannot be built: ${textOf(error)}`);
  }
  const elements = new Map<string, AddonElement>();
  for (const name of Object.values(elementName)) {
    const element = pipeline.findChild(name);
    if (element !== undefined) elements.set(name, element);
  }
  return { pipeline, elements, restAfterMs };
}

function apply(pipeline: Running, settings: RunTimeSettings): void {
  const { elements } = pipeline;
  const set = (name: string, property: string, value: string | number | boolean): void => {
    const element = elements.get(name);
    if (element !== undefined) element[property] = value;
  };
  if (settings.bitrate !== undefined) {
    set(elementName.encoder, settings.bitrate.property, settings.bitrate.value);
  }
  if (settings.rateCaps !== undefined) set(elementName.rate, 'caps', settings.rateCaps);
  if (settings.sizeCaps !== undefined) set(elementName.size, 'caps', settings.sizeCaps);
  if (settings.paused === true) {
    clearTimeout(openTimer);
    openTimer = undefined;
    set(elementName.valve, 'drop', true);
    restLater(pipeline);
  } else if (settings.paused === false) {
    wake(pipeline, () => set(elementName.valve, 'drop', false));
  }
}

/**
 * A source behind a shut valve still costs 1.5 to 2.5 % of a core (60 captures, 200 blocks of sound a second), a halted one 0.1 %.
 * It is halted only after a while: what is on its way has to leave the pipeline first, since the sink lets nothing through
 * then and the picture before the pause would come out behind it.
 */
function restLater({ pipeline, restAfterMs }: Running): void {
  clearTimeout(restTimer);
  if (restAfterMs === undefined) return;
  restTimer = setTimeout(() => {
    isResting = true;
    pipeline.pause();
  }, restAfterMs);
}

/**
 * A source that was halted first hands out the picture that it held. That one is old, and its time may lie behind the next one's,
 * whereupon GStreamer's VP8 and VP9 encoders throw a coded picture away that others refer to ("does not match input frames"). So
 * the valve opens behind it. Sound has no such element: an old block of 5 ms passes.
 */
function wake({ pipeline, elements }: Running, open: () => void): void {
  clearTimeout(restTimer);
  if (openTimer !== undefined) return;
  const captured = elements.get(elementName.captured);
  if (!isResting || captured === undefined) {
    if (isResting) pipeline.play();
    isResting = false;
    open();
    return;
  }
  isResting = false;
  const before = captured['last-message'];
  // The element tells of events as well, as "event …".
  const isNew = (): boolean => {
    const message = captured['last-message'];
    return message !== before && String(message).startsWith('chain');
  };
  const giveUpAt = performance.now() + LONGEST_HELD_MS;
  pipeline.play();
  const finish = (): void => {
    openTimer = undefined;
    open();
  };
  const look = (): void => {
    if (performance.now() > giveUpAt) finish();
    else openTimer = isNew() ? setTimeout(finish, PASSING_MS) : setTimeout(look, 1);
  };
  look();
}

function forceKeyframe({ pipeline, elements }: Running, by: KeyframeMeans): void {
  if (by === 'event') {
    if (elements.has(elementName.payloader)) pipeline.forceKeyUnit(elementName.payloader, 0);
    return;
  }
  const rate = elements.get(elementName.rate);
  const caps = rate?.['caps'];
  if (rate === undefined || typeof caps !== 'string') return;
  const changed = nudgeFrameRate(caps);
  if (changed !== undefined) rate['caps'] = changed;
}

/** More elements than any of our pipelines has; bounds how many polls can wait side by side. */
const MAX_POLLS = 64;

function play({ pipeline }: Running): void {
  pipeline.play();
  let polls = 0;
  let isReady = false;
  // The addon goes on polling by itself, but only while the pipeline has left its NULL state. When an element cannot
  // even get ready (no sound server, no encoder device), the error waits behind a message of each element before it:
  // so ask again for each message until the pipeline itself says that it is ready.
  const poll = (): void => {
    polls += 1;
    pipeline.pollBus(({ type, message, _src_element_name: element = 'pipeline' }) => {
      if (type === 'error') die(`${element}: ${message ?? 'failed without a text'}`);
      if (type === 'eos') die(`${element}: the source ended`);
      isReady ||= type === 'state-changed' && element.startsWith('pipeline');
      if (!isReady && polls < MAX_POLLS) poll();
    });
  };
  poll();
  tell({ type: 'playing' });
}

const addon = loadAddon();
const lines = new JsonLines();
let running: Running | undefined;

function control(message: ControlMessage): void {
  switch (message.type) {
    case 'start':
      if (running !== undefined) return;
      running = build(addon, message);
      apply(running, message.settings);
      play(running);
      return;
    case 'set':
      if (running !== undefined) apply(running, message.settings);
      return;
    case 'keyframe':
      if (running !== undefined) forceKeyframe(running, message.by);
      return;
  }
}

process.stdin.on('data', (chunk: Buffer) => {
  for (const value of lines.push(chunk)) control(value as ControlMessage);
});
// The parent is gone: nobody reads the pipe any more.
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'));
// Node writes it when a process ends by itself, which this one never does: the next child would parse everything anew.
flushCompileCache();
