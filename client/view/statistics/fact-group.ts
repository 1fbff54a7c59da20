import { html, nothing, type TemplateResult } from 'lit';
import type { Fact, FactGroup } from './facts.ts';

/** A group of figures, as a list of terms. */
export function factGroup({ title, facts }: FactGroup): TemplateResult {
  return html`
    <div class="group">
      <h3>${title}</h3>
      <dl>${facts.map(factRow)}</dl>
    </div>
  `;
}

function factRow({ label, value, detail, isLoss }: Fact): TemplateResult {
  return html`
    <div title=${detail ?? nothing}>
      <dt>${label}</dt>
      <dd class=${isLoss === true ? 'loss' : ''}>${value}</dd>
    </div>
  `;
}
