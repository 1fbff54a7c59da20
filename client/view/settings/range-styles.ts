import { css } from 'lit';

/** Styles of the sliders. */
export const rangeStyles = css`
  input[type='range'] {
    display: block;
    width: 100%;
    height: 28px;
    margin: 0;
    background: transparent;
    appearance: none;
    cursor: pointer;
  }

  input[type='range']::-webkit-slider-runnable-track {
    height: 4px;
    border-radius: 2px;
    background: linear-gradient(
      to right,
      var(--accent) var(--part, 0%),
      var(--line-strong) var(--part, 0%)
    );
  }

  input[type='range']::-moz-range-track {
    height: 4px;
    border-radius: 2px;
    background: var(--line-strong);
  }

  input[type='range']::-moz-range-progress {
    height: 4px;
    border-radius: 2px;
    background: var(--accent);
  }

  input[type='range']::-webkit-slider-thumb {
    width: 18px;
    height: 18px;
    margin-top: -7px;
    border: 3px solid var(--surface);
    border-radius: 50%;
    background: var(--accent);
    box-shadow: 0 0 0 1px var(--accent);
    appearance: none;
  }

  input[type='range']::-moz-range-thumb {
    width: 13px;
    height: 13px;
    border: 3px solid var(--surface);
    border-radius: 50%;
    background: var(--accent);
    box-shadow: 0 0 0 1px var(--accent);
  }

  input[type='range']:focus-visible {
    border-radius: 8px;
  }

  input[type='range']:disabled {
    cursor: default;
    filter: grayscale(1);
    opacity: 0.5;
  }

  @media (pointer: coarse) {
    input[type='range'] {
      height: 40px;
    }
  }
`;
