import { JUDGED_SHARE, type Point } from './flatness.js';

export interface Panel {
  readonly title: string;
  readonly lines: readonly ChartLine[];
}

export interface ChartLine {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Chart {
  readonly title: string;
  readonly subtitle: string;
  readonly panels: readonly Panel[];
  /** Minutes at which something happened that bends lines. */
  readonly marks: readonly number[];
}

const WIDTH = 960;
const COLUMNS = 2;
const LEFT = 58;
const RIGHT = 14;
const HEAD = 64;
const PANEL_HEIGHT = 170;
const PLOT_TOP = 34;
const PLOT_HEIGHT = 108;
const PANEL_WIDTH = WIDTH / COLUMNS;
const PLOT_WIDTH = PANEL_WIDTH - LEFT - RIGHT;
const COLOURS = ['#1f6f8b', '#c2571a', '#5b7f2b', '#7a4a9e'];
const GRID_LINES = 4;

/** Small charts under one another, all from zero, with the time that is judged on white: a page of its own, no script. */
export function drawChart({ title, subtitle, panels, marks }: Chart): string {
  const minutes = Math.max(
    ...panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(({ minute }) => minute))),
    0.1,
  );
  const height = HEAD + Math.ceil(panels.length / COLUMNS) * PANEL_HEIGHT;
  const drawn = panels.map((panel, index) => {
    const x = (index % COLUMNS) * PANEL_WIDTH;
    const y = HEAD + Math.floor(index / COLUMNS) * PANEL_HEIGHT;
    return `<g transform="translate(${x} ${y})">${drawPanel(panel, minutes, marks)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="11" fill="#333">`,
    `<title>${escapeXml(`${title}: ${subtitle}`)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="14" y="26" font-size="17" font-weight="bold">${escapeXml(title)}</text>`,
    `<text x="14" y="46">${escapeXml(subtitle)}</text>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawPanel({ title, lines }: Panel, minutes: number, marks: readonly number[]): string {
  const top = niceTop(Math.max(...lines.flatMap(({ points }) => points.map(({ value }) => value)), 0));
  const x = (minute: number): string => (LEFT + (minute / minutes) * PLOT_WIDTH).toFixed(1);
  const y = (value: number): string => (PLOT_TOP + PLOT_HEIGHT * (1 - value / top)).toFixed(1);
  const grid = Array.from({ length: GRID_LINES + 1 }, (_, index) => {
    const value = (top / GRID_LINES) * index;
    return `<path d="M${LEFT} ${y(value)}h${PLOT_WIDTH}" stroke="#ddd"/><text x="${LEFT - 6}" y="${Number(y(value)) + 4}" text-anchor="end">${shortNumber(value)}</text>`;
  });
  const step = niceTop(minutes / 6);
  const ticks = Array.from({ length: Math.floor(minutes / step + 1e-6) + 1 }, (_, index) => index * step).map(
    (minute) =>
      `<text x="${x(minute)}" y="${PLOT_TOP + PLOT_HEIGHT + 15}" text-anchor="middle">${shortNumber(minute)}${minute === 0 ? ' min' : ''}</text>`,
  );
  let legendX = LEFT + title.length * 6.6 + 16;
  const drawn = lines.map(({ name, points }, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const path = points.map(({ minute, value }, at) => `${at === 0 ? 'M' : 'L'}${x(minute)} ${y(value)}`).join('');
    const legend =
      lines.length === 1
        ? ''
        : `<text x="${legendX}" y="22" fill="${colour}" font-weight="bold">${escapeXml(name)}</text>`;
    legendX += name.length * 6.6 + 12;
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.4" stroke-linejoin="round"/>${legend}`;
  });
  const warmUp = (1 - JUDGED_SHARE) * PLOT_WIDTH;
  return [
    `<rect x="${LEFT}" y="${PLOT_TOP}" width="${warmUp.toFixed(1)}" height="${PLOT_HEIGHT}" fill="#f4f4f1"/>`,
    ...grid,
    ...marks.map(
      (minute) => `<path d="M${x(minute)} ${PLOT_TOP}v${PLOT_HEIGHT}" stroke="#c33" stroke-dasharray="2 3"/>`,
    ),
    `<text x="${LEFT}" y="22" font-weight="bold">${escapeXml(title)}</text>`,
    ...ticks,
    ...drawn,
  ].join('');
}

/** 1, 2, 4, 5 or 8 times a power of ten: what people read on an axis. */
function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 8, 10].find((factor) => factor * power >= value * 1.001) ?? 10) * power;
}

function shortNumber(value: number): string {
  return Number(value.toFixed(2)).toLocaleString('en');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
