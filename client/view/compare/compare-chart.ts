/** A plot of a comparison's curves. */
import { LitElement, css, html } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { Curves } from '../../compare/curves.ts';
import { base } from '../theme.ts';
import { candidateColours } from './candidate-colours.ts';
import type { DrawnChart } from './draw-chart.ts';

/** `<oriel-compare-chart>`: loads the plotting library when it is first shown. The table beside it has the figures in words. */
export class CompareChart extends LitElement {
  static override readonly styles = [
    base,
    candidateColours,
    css`
      :host {
        display: block;
        min-width: 0;
      }

      figure {
        margin: 0;
      }

      h3 {
        margin: 0 0 6px;
        font-size: 0.9rem;
        font-weight: 600;
      }

      .plot {
        min-height: 240px;
      }

      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin: 6px 0 0;
        padding: 0;
        color: var(--text-soft);
        font-size: 0.84rem;
        list-style: none;
      }

      svg {
        width: 26px;
        height: 8px;
        margin-right: 7px;
        vertical-align: middle;
      }

      line {
        stroke-width: 2.5;
      }
    `,
  ];

  static override readonly properties = {
    heading: {},
    xLabel: {},
    yLabel: {},
    names: { attribute: false },
    data: { attribute: false },
    yMost: { attribute: false },
  };

  declare heading: string;
  declare xLabel: string;
  declare yLabel: string;
  /** Of the candidates. */
  declare names: readonly string[];
  declare data: Curves;
  /** Upper end of the y axis; undefined for what the values need. */
  declare yMost: number | undefined;

  #drawn: DrawnChart | undefined;
  #drawings = 0;
  readonly #observer = new ResizeObserver(() => this.#drawn?.resize());

  constructor() {
    super();
    this.heading = '';
    this.xLabel = '';
    this.yLabel = '';
    this.names = [];
    this.data = { x: [], curves: [] };
    this.yMost = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
    this.#drawn?.close();
    this.#drawn = undefined;
  }

  protected override render(): TemplateResult {
    return html`
      <figure role="group" aria-label=${this.heading}>
        <h3>${this.heading}</h3>
        <div class="plot" aria-hidden="true"></div>
        <ul>
          ${this.names.map(
            (name, index) => html`
              <li>
                <svg viewBox="0 0 26 8" aria-hidden="true">
                  <line class="candidate-${index + 1}" x1="1" x2="25" y1="4" y2="4" /></svg
                >${name}
              </li>
            `,
          )}
        </ul>
      </figure>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('data')) void this.#draw();
  }

  async #draw(): Promise<void> {
    this.#drawings += 1;
    const drawing = this.#drawings;
    const { drawChart } = await import('./draw-chart.ts');
    const place = this.renderRoot.querySelector<HTMLElement>('.plot');
    if (place === null || drawing !== this.#drawings || !this.isConnected) return;
    this.#drawn?.close();
    const { data, xLabel, yLabel, yMost } = this;
    this.#drawn = drawChart(place, { curves: data, xLabel, yLabel, yMost });
  }
}

customElements.define('oriel-compare-chart', CompareChart);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-compare-chart': CompareChart;
  }
}
