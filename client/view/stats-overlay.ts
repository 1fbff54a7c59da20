/** The statistics of a connection, over a corner of the desktop. */
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { PlayerState, PlayerStats } from '../player.ts';
import { closeIcon } from './icons.ts';
import { factGroup } from './statistics/fact-group.ts';
import { bitrate, factGroups, milliseconds } from './statistics/facts.ts';
import './statistics/gateway-figures.ts';
import type { ReadApi } from './statistics/gateway-figures.ts';
import { latencyChart } from './statistics/latency-chart.ts';
import type { LatencyPoint, RatePoint } from './statistics/history.ts';
import { rateChart } from './statistics/rate-chart.ts';
import { stageBar } from './statistics/stage-bar.ts';
import { stageShares } from './statistics/stages.ts';
import { statisticsStyles } from './statistics/panel-styles.ts';
import { base, buttons } from './theme.ts';

/** `<oriel-stats-overlay>`: dispatches `close` when the user has seen enough. The desktop beside it stays usable. */
export class StatsOverlay extends LitElement {
  static override readonly styles = [base, buttons, statisticsStyles];

  static override readonly properties = {
    state: { attribute: false },
    stats: { attribute: false },
    history: { attribute: false },
    rates: { attribute: false },
    readApi: { attribute: false },
  };

  declare state: PlayerState;
  /** Undefined while there is no live connection. */
  declare stats: PlayerStats | undefined;
  declare history: readonly LatencyPoint[];
  declare rates: readonly RatePoint[];
  /** Asks the gateway for its own figures; without it there are none. */
  declare readApi: ReadApi | undefined;

  constructor() {
    super();
    this.state = { phase: 'connecting' };
    this.stats = undefined;
    this.history = [];
    this.rates = [];
    this.readApi = undefined;
  }

  protected override render(): TemplateResult {
    return html`
      <section aria-labelledby="title" @keydown=${(event: KeyboardEvent) => this.#keyDown(event)}>
        <header>
          <h2 id="title">Statistics</h2>
          <button
            class="icon-button"
            type="button"
            aria-label="Close statistics"
            title="Close (Ctrl+Alt+Shift+S)"
            @click=${() => this.#close()}
          >
            ${closeIcon}
          </button>
        </header>
        <div class="content" tabindex="0" role="group" aria-labelledby="title">
          ${this.#renderLatency()} ${latencyChart(this.history)} ${this.#renderRate()}
          ${this.#renderFacts()}
        </div>
      </section>
    `;
  }

  #renderLatency(): TemplateResult {
    const latency = this.stats?.video?.latency;
    const isTrack = this.state.transport === 'webrtc';
    if (latency === undefined)
      return html`<p class="waiting">
        ${isTrack ? 'The browser’s own receiver plays, and has told no stages.' : 'Waiting for the first frames…'}
      </p>`;
    return html`
      <p class="total">
        <strong>${milliseconds(latency.typical.totalMs)}</strong>
        <span class="soft"
          >from ${latency.capture === undefined ? 'captured' : 'changed'} to drawn</span
        >
      </p>
      ${stageBar(stageShares(latency))}
      ${
        isTrack
          ? html`<p class="soft">
              The browser’s own receiver plays: Network ends with the last byte, and Present has its
              jitter buffer.
            </p>`
          : nothing
      }
    `;
  }

  #renderRate(): TemplateResult | typeof nothing {
    const network = this.stats?.network;
    if (network === undefined) return nothing;
    const target = network.rate?.targetBps;
    return html`
      <p class="rate">
        <span><span class="swatch delivered"></span>${bitrate(network.bitrateBps)} delivered</span>
        ${
          target === undefined
            ? nothing
            : html`<span><span class="swatch target"></span>${bitrate(target)} target</span>`
        }
      </p>
      ${rateChart(this.rates)}
    `;
  }

  #renderFacts(): TemplateResult {
    const groups = this.stats === undefined ? [] : factGroups(this.state, this.stats);
    return html`<div class="groups">
      ${groups.map(factGroup)}<oriel-gateway-figures .read=${this.readApi}></oriel-gateway-figures>
    </div>`;
  }

  #keyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.#close();
  }

  #close(): void {
    this.dispatchEvent(new Event('close'));
  }
}

customElements.define('oriel-stats-overlay', StatsOverlay);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-stats-overlay': StatsOverlay;
  }
}
