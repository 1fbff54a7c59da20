/** The gateway's own figures, asked for while they are looked at. */
import { LitElement, css, nothing, type TemplateResult } from 'lit';
import { base } from '../theme.ts';
import { factGroup } from './fact-group.ts';
import { gatewayFacts, readGatewayFigures, type GatewayFigures } from './gateway-facts.ts';
import { statisticsStyles } from './panel-styles.ts';

/** Milliseconds between questions: load is told of what lies between two of them. */
const ASK_EVERY_MS = 2_000;

/** Reads an answer of the gateway's HTTP API; undefined when there is none. */
export type ReadApi = (path: string) => Promise<unknown>;

const placed = css`
  :host {
    display: contents;
  }
`;

/** `<oriel-gateway-figures>`: one group among those of the statistics; nothing until the gateway has answered. */
export class GatewayFiguresGroup extends LitElement {
  static override readonly styles = [base, statisticsStyles, placed];

  static override readonly properties = {
    read: { attribute: false },
    figures: { state: true },
  };

  declare read: ReadApi | undefined;
  declare figures: readonly GatewayFigures[];
  #timer: ReturnType<typeof setInterval> | undefined;
  #isAsking = false;

  constructor() {
    super();
    this.read = undefined;
    this.figures = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => void this.#ask(), ASK_EVERY_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override firstUpdated(): void {
    void this.#ask();
  }

  protected override render(): TemplateResult | typeof nothing {
    const [newest, before] = this.figures;
    return newest === undefined ? nothing : factGroup(gatewayFacts(newest, before));
  }

  /** A slow answer is waited for, so that a gateway that hangs is asked once. */
  async #ask(): Promise<void> {
    if (this.#isAsking || this.read === undefined) return;
    this.#isAsking = true;
    const figures = readGatewayFigures(await this.read('/api/statistics'));
    this.#isAsking = false;
    if (figures !== undefined) this.figures = [figures, ...this.figures.slice(0, 1)];
  }
}

customElements.define('oriel-gateway-figures', GatewayFiguresGroup);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-gateway-figures': GatewayFiguresGroup;
  }
}
