/** Types on a KeyboardState the way a browser reports it, and writes down what the desktop sees. */
import type { InputEvent } from '../../../protocol/input.ts';
import type {
  KeyFacts,
  KeyboardPlatform,
  ModifierFlags,
} from '../../../client/input/keyboard-facts.ts';
import type { KeyOutcome } from '../../../client/input/keyboard-state.ts';
import { KeyboardState } from '../../../client/input/keyboard-state.ts';
import { evdevCodes } from '../../../client/input/keycodes.ts';

const noFlags: ModifierFlags = {
  shift: false,
  control: false,
  alt: false,
  meta: false,
  altGraph: false,
};

export interface Stroke extends Partial<ModifierFlags> {
  readonly repeat?: boolean;
  readonly isComposing?: boolean;
  readonly at?: number;
}

const codeNames = new Map([...evdevCodes].reverse().map(([name, code]) => [code, name]));

export class Typist {
  readonly state: KeyboardState;
  #log: string[] = [];

  constructor(platform: KeyboardPlatform = 'other') {
    this.state = new KeyboardState(platform);
    this.state.focus();
  }

  down(code: string, key: string, stroke: Stroke = {}): KeyOutcome {
    return this.#note(this.state.keyDown(facts(code, key, stroke), stroke.at ?? 0));
  }

  up(code: string, key: string, stroke: Stroke = {}): KeyOutcome {
    return this.#note(this.state.keyUp(facts(code, key, stroke), stroke.at ?? 0));
  }

  pointer(flags: Partial<ModifierFlags>, acts = false): void {
    this.add(this.state.pointer({ ...noFlags, ...flags }, acts));
  }

  add(events: readonly InputEvent[]): void {
    this.#log.push(...events.map(describeEvent));
  }

  /** What happened since the last call: `+KeyA` pressed, `-KeyA` released. */
  take(): string {
    const log = this.#log.join(' ');
    this.#log = [];
    return log;
  }

  get held(): string {
    return this.state.heldCodes.map((code) => codeNames.get(code) ?? String(code)).join(' ');
  }

  #note(outcome: KeyOutcome): KeyOutcome {
    this.add(outcome.events);
    return outcome;
  }
}

function facts(code: string, key: string, stroke: Stroke): KeyFacts {
  const { repeat = false, isComposing = false } = stroke;
  return { code, key, location: 0, repeat, isComposing, flags: { ...noFlags, ...stroke } };
}

function describeEvent(event: InputEvent): string {
  if (event.type !== 'key') return event.type;
  const name = event.code === 0 ? `x${event.keysym.toString(16)}` : codeNames.get(event.code);
  return `${event.pressed ? '+' : '-'}${name ?? '?'}`;
}
