import { visibleText } from '../base/visible-text.js';
import { type DebugView, debugView } from '../discovery/debug-view.js';
import type { AppUnderRule, Directory } from '../discovery/directory.js';
import { textTable } from './text-table.js';

/** A directory for people: what is scraped and where, then what is left out and why. */
export function discoveryTable(directory: Directory): string {
  const view = debugView(directory);
  const several = view.foundations.length > 1;
  const placeHead = [...(several ? ['FOUNDATION'] : []), 'ORGANIZATION', 'SPACE', 'APPLICATION'];
  const place = ({ foundation, organizationName, spaceName, appName }: AppUnderRule): readonly string[] => {
    return [...(several ? [foundation] : []), organizationName, spaceName, appName];
  };
  const parts: string[] = [];
  if (view.selected.length > 0) {
    const rows = view.selected.map((app) => [...place(app), app.instances, app.rule, app.route, app.url]);
    parts.push(textTable([...placeHead, 'INSTANCES', 'RULE', 'ROUTE', 'URL OF THE FIRST'], rows));
  }
  if (view.leftOut.length > 0) {
    const rows = view.leftOut.map((app) => [...place(app), app.rule, app.reason, app.detail]);
    parts.push(textTable([...placeHead, 'RULE', 'LEFT OUT', 'REASON'], rows));
  }
  if (view.ignoredWishes.length > 0) {
    const rows = view.ignoredWishes.map((app) => [...place(app), app.rule, app.detail]);
    parts.push(textTable([...placeHead, 'RULE', 'NOT HONOURED'], rows));
  }
  const idle = view.rules.filter(({ applications }) => applications === 0).map(({ rule }) => rule);
  if (idle.length > 0) parts.push(visibleText(`No application matches: ${idle.join(', ')}\n`));
  parts.push(summary(view));
  return parts.join('\n');
}

/** The same as JSON, as `/debug/discovery` tells it. */
export function discoveryJson(directory: Directory): string {
  return visibleText(`${JSON.stringify(debugView(directory), null, 2)}\n`);
}

function summary({ targets, selected, leftOut }: DebugView): string {
  const applications = new Set(selected.map(({ appGuid }) => appGuid)).size;
  const skipped = new Set(leftOut.map(({ appGuid }) => appGuid)).size;
  return `${targets} targets of ${applications} applications; ${skipped} applications left out by at least one rule\n`;
}
