/** What the user chose and what of it holds, changed while everything runs. */
import type { StreamFacts } from '../../protocol/control/stream.ts';
import { mergeChange } from '../../protocol/stream-settings.ts';
import { Answers } from '../answers.ts';
import type { RungChoice } from '../ladder/rungs.ts';
import type { ToNetworkWorker } from '../network/network-messages.ts';
import type { TransportChoice } from '../transport/moves.ts';
import {
  settingsInForce,
  streamChangeOf,
  type AppliedSettings,
  type RefusedSettings,
  type UserChange,
  type UserSettings,
} from './user-settings.ts';

/** What was chosen before, and what a change asks of the rest of the player. */
export interface LiveSettingsOptions {
  /** What was chosen before. */
  readonly chosen: UserChange;
  toNetwork(message: ToNetworkWorker): void;
  /** Plays by what holds now. */
  present(): void;
  /** Whether this browser cannot show pictures in a track. */
  isTrackRefused(): boolean;
  /** Takes a rung of the ladder from now on; false when it cannot be had. */
  chooseRung(choice: RungChoice): boolean;
}

/** Asks the gateway for changes and knows what it said. */
export class LiveSettings {
  readonly #options: LiveSettingsOptions;
  readonly #choices = new Answers<boolean>();
  readonly #changes = new Answers<StreamFacts>();
  #chosen: UserChange;
  #stream: StreamFacts | undefined;

  constructor(options: LiveSettingsOptions) {
    this.#options = options;
    this.#chosen = options.chosen;
  }

  /** What the user wants, whether or not it holds. */
  get chosen(): UserChange {
    return this.#chosen;
  }

  /** What the gateway said last. */
  get stream(): StreamFacts | undefined {
    return this.#stream;
  }

  /** What holds now: what was chosen, where the gateway has not said otherwise. */
  get inForce(): UserSettings {
    return settingsInForce(this.#chosen, this.#stream?.settings);
  }

  /** The network worker runs: what was applied before is part of `chosen` there and needs its answer all the same. */
  started(): void {
    for (const request of this.#changes.unanswered) {
      this.#options.toNetwork({ type: 'settings', request, change: {} });
    }
  }

  /** See Player.chooseTransport. */
  chooseTransport(choice: TransportChoice): Promise<boolean> {
    return this.#choices.ask((request) =>
      this.#options.toNetwork({ type: 'choose', request, choice }),
    );
  }

  /** See Player.apply. */
  async apply(change: UserChange): Promise<AppliedSettings> {
    const { transport, rung, ...others } = change;
    const holds = transport === undefined || (await this.#changeTransport(transport));
    const isRungRefused = rung !== undefined && !this.#options.chooseRung(rung);
    const taken: UserChange = {
      ...others,
      ...(holds && transport !== undefined ? { transport } : {}),
      ...(isRungRefused || rung === undefined ? {} : { rung }),
    };
    this.#chosen = mergeChange(this.#chosen, taken);
    this.#options.present();
    const isSinkRefused = change.sink === 'track' && this.#options.isTrackRefused();
    const refused: RefusedSettings = {
      ...(holds ? {} : { transport: 'unavailable' }),
      ...(isSinkRefused ? { sink: 'unavailable' } : {}),
      ...(isRungRefused ? { rung: 'unavailable' } : {}),
    };
    if (Object.keys(streamChangeOf(taken)).length === 0) return { settings: this.inForce, refused };
    const answer = await this.#changes.ask((request) =>
      this.#options.toNetwork({ type: 'settings', request, change: taken }),
    );
    return { settings: this.inForce, refused: { ...answer.refused, ...refused } };
  }

  /** STREAM came. */
  streamed(stream: StreamFacts): void {
    this.#stream = stream;
  }

  /** The last STREAM answers these requests. */
  answered(requests: readonly number[], stream: StreamFacts): void {
    for (const request of requests) this.#changes.give(request, stream);
  }

  /** The network worker has done what `chooseTransport` asked, or could not. */
  transportChosen(request: number, holds: boolean): void {
    this.#choices.give(request, holds);
  }

  /** Whatever still waits for an answer ends with PlayerClosedError. Idempotent. */
  close(): void {
    this.#choices.close();
    this.#changes.close();
  }

  /** Before it is live a session has nothing to move: it will begin where it was told to. */
  #changeTransport(choice: TransportChoice): Promise<boolean> {
    if (choice === this.inForce.transport) return Promise.resolve(true);
    return this.chooseTransport(choice);
  }
}
