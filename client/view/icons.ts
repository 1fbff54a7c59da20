/** Line icons on a 24 px grid, drawn for this page. They are decoration: the buttons around them carry the names. */
import { svg, html } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';

const icon = (shape: SVGTemplateResult): TemplateResult => html`
  <svg
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.75"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    ${shape}
  </svg>
`;

const speaker = svg`<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z" />`;

export const soundOnIcon = icon(
  svg`${speaker}<path d="M15.5 9a4.2 4.2 0 0 1 0 6M18.2 6.5a8 8 0 0 1 0 11" />`,
);
export const soundOffIcon = icon(svg`${speaker}<path d="m16 9.5 5 5m0-5-5 5" />`);
export const fullscreenIcon = icon(
  svg`<path d="M4 9V5.5A1.5 1.5 0 0 1 5.5 4H9m6 0h3.5A1.5 1.5 0 0 1 20 5.5V9m0 6v3.5a1.5 1.5 0 0 1-1.5 1.5H15m-6 0H5.5A1.5 1.5 0 0 1 4 18.5V15" />`,
);
export const leaveFullscreenIcon = icon(
  svg`<path d="M9 4v3.5A1.5 1.5 0 0 1 7.5 9H4m16 0h-3.5A1.5 1.5 0 0 1 15 7.5V4m0 16v-3.5a1.5 1.5 0 0 1 1.5-1.5H20M4 15h3.5A1.5 1.5 0 0 1 9 16.5V20" />`,
);
export const statisticsIcon = icon(
  svg`<path d="M4 4.5V18a1.5 1.5 0 0 0 1.5 1.5H20M8 15l3.5-4.5 3 2.5L19 7.5" />`,
);
export const settingsIcon = icon(
  svg`<path d="M4 7.5h9m5 0h2M4 16.5h2m5 0h9" /><circle cx="15.5" cy="7.5" r="2.3" /><circle cx="8.5" cy="16.5" r="2.3" />`,
);
export const keyboardIcon = icon(
  svg`<rect x="3" y="6" width="18" height="12" rx="2" /><path d="M7 10h.01M12 10h.01M17 10h.01M8.5 14h7" />`,
);
export const closeIcon = icon(svg`<path d="m6.5 6.5 11 11m0-11-11 11" />`);
export const copyIcon = icon(
  svg`<rect x="9" y="9" width="11" height="11" rx="2" /><path d="M15 9V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h3" />`,
);
export const checkIcon = icon(svg`<path d="m5 12.5 4.5 4.5L19 7.5" />`);
export const warningIcon = icon(svg`<path d="M12 4.5 3.5 19h17zM12 10v4.5m0 2.5h.01" />`);
export const resetIcon = icon(svg`<path d="M5 5v5h5M5.6 10A7.5 7.5 0 1 1 4.5 14" />`);
export const linkIcon = icon(
  svg`<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1" />`,
);
export const mouseIcon = icon(
  svg`<rect x="7" y="3.5" width="10" height="17" rx="5" /><path d="M12 7v3.5" />`,
);
export const leaveIcon = icon(
  svg`<path d="M14 4.5h4a1.5 1.5 0 0 1 1.5 1.5v12a1.5 1.5 0 0 1-1.5 1.5h-4M10 8l-4 4 4 4M6.5 12H15" />`,
);

/** The mark: an oriel window of three lights on its sill, lit from inside. */
export const markIcon = html`
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="8" fill="#1b2029" />
    <path d="M8.5 23v-9a7.5 7.5 0 0 1 15 0v9z" fill="#f0b35c" />
    <path d="M13.4 6v17m5.2-17v17M8.5 14.5h15" stroke="#1b2029" stroke-width="1.1" />
    <path d="M6.5 24.3h19L23 27H9z" fill="#f0b35c" />
  </svg>
`;
