import type { Config, Rule as RuleConfig } from '../config/config.js';
import type { OwnApplication } from '../discovery/own-application.js';
import { isFor, type Rule } from '../discovery/rules.js';
import { foundationScope } from '../discovery/scope.js';
import { OWN_METRICS_PATH } from '../discovery/sd-document.js';
import type { Selecting } from './directories.js';
import { fingerprint } from './fingerprint.js';
import { pathPrefixOf } from './path-prefix.js';

/** Which settings of TLS a rule asks for, by a name of ours; undefined: the default ones. */
export function tlsIdOf({ tls }: Pick<RuleConfig, 'tls'>): string | undefined {
  return tls === undefined ? undefined : fingerprint(tls);
}

/**
 * Stands for what a scrape under this rule shows and trusts, names and contents. Targets that were selected by an earlier
 * configuration have theirs, so that none of them is asked with credentials that were never meant for it.
 */
export function accessIdOf(rule: Pick<RuleConfig, 'authenticatorId' | 'tls'>, config: Config): string {
  const { authenticators, scraping } = config;
  const { authenticatorId, tls } = rule;
  const authenticator =
    authenticatorId === undefined ? authenticators.byDefault : authenticators.byId.get(authenticatorId);
  return fingerprint([authenticatorId, authenticator, tlsIdOf(rule), tls ?? scraping.tls]);
}

/** What selects the targets of each foundation under this configuration. */
export function selectingOf(config: Config): readonly Selecting[] {
  const { authenticators, defaultInternalRoutePort, scraping } = config;
  const own = ownApplication(config);
  const rules: readonly Rule[] = config.rules.map((rule) => ({
    ...rule,
    tlsId: tlsIdOf(rule),
    accessId: accessIdOf(rule, config),
  }));
  return config.foundations.map(({ name, pageSize }) => ({
    foundation: name,
    scope: foundationScope({ rules: rules.filter((rule) => isFor(rule, name)), pageSize }),
    scopeText: scopeTextOf(rules.filter((rule) => isFor(rule, name))),
    select: {
      rules,
      defaultInternalRoutePort,
      intervalBoundsMs: scraping.intervalBoundsMs,
      own,
      sendsCredentials: (id) => {
        const authenticator = id === undefined ? authenticators.byDefault : authenticators.byId.get(id);
        return authenticator !== undefined && authenticator.type !== 'none';
      },
    },
  }));
}

/** What rules say of organizations and spaces; in which order and how often does not matter. */
function scopeTextOf(rules: readonly Pick<Rule, 'organization' | 'space'>[]): string {
  const texts = rules.map(({ organization, space }) => JSON.stringify([organization, space].map(selectorText)));
  return [...new Set(texts)].toSorted().join('\n');
}

function selectorText(selector: Rule['space']): string {
  if (selector.kind === 'all') return selector.kind;
  return `${selector.kind} ${selector.kind === 'name' ? selector.name : selector.source}`;
}

function ownApplication(config: Config): OwnApplication | undefined {
  const { applicationId } = config.platform;
  if (applicationId === undefined) return undefined;
  return { guid: applicationId, metricsPath: `${pathPrefixOf(config)}${OWN_METRICS_PATH}` };
}
