import { html, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { milliseconds } from './facts.ts';
import { barParts, type StageShare } from './stages.ts';

/** Space between two parts of the bar, percent of its width. */
const GAP = 0.6;

/** Where each millisecond goes: one bar of the stages, and the numbers of each. */
export function stageBar(shares: readonly StageShare[]): TemplateResult {
  const parts = barParts(shares).map(
    ({ name, start, width }) =>
      svg`<rect class=${name} x="${start}" y="0" width="${Math.max(0, width - GAP)}" height="10" />`,
  );
  return html`
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      ${parts}
    </svg>
    <table>
      <caption class="sr">
        Where each millisecond goes
      </caption>
      <thead>
        <tr>
          <th scope="col"><span class="sr">Stage</span></th>
          <th scope="col">typical</th>
          <th scope="col">p95</th>
        </tr>
      </thead>
      <tbody>
        ${shares.map(stageRow)}
      </tbody>
    </table>
  `;
}

function stageRow({ name, label, detail, typicalMs, p95Ms }: StageShare): TemplateResult {
  return html`
    <tr data-stage=${name}>
      <th scope="row" title=${detail}><span class="swatch ${name}"></span>${label}</th>
      <td class="typical">${milliseconds(typicalMs)}</td>
      <td class="soft">${milliseconds(p95Ms)}</td>
    </tr>
  `;
}
