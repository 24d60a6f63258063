import { describe, expect, test } from 'vitest';
import {
  type AppSketch,
  keys,
  matching,
  named,
  reasons,
  select,
  urls,
} from '../../test/support/discovery/selection.js';
import { type LabelSelector, parseLabelSelector } from '../config/label-selector.js';
import type { Rule } from './rules.js';

function labelled(text: string): LabelSelector {
  const outcome = parseLabelSelector(text);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.selector;
}

describe('left out', () => {
  const scrape = { 'prometheus.io/scrape': 'true' };
  const k8s = [{ kubernetesAnnotations: true }];
  test.each<[string, Partial<AppSketch>, Partial<Rule>[], string]>([
    ['stopped', { state: 'STOPPED' }, [{}], 'the application is stopped'],
    ['no_web_process', { web: [] }, [{}], 'no process of type web'],
    ['no_instances', { web: [0, 0] }, [{}], '0 instances'],
    ['no_route', { routes: [] }, [{}], 'no route leads to it'],
    ['no_route', { routes: [{ url: 't.org:1', tcp: true }] }, [{}], 'over HTTP'],
    ['no_route', { routes: [{ url: '' }] }, [{}], 'cannot be asked'],
    ['no_route', { routes: [{ url: 'a..example.org/x' }] }, [{}], 'its route a..example.org/x cannot be asked'],
    ['no_route', { routes: [{ url: 'foo.123' }] }, [{}], 'its route foo.123 cannot be asked'],
    ['no_route', { routes: [{ url: 'a.0x1' }] }, [{}], 'its route a.0x1 cannot be asked'],
    ['no_route', { routes: [{ url: '169.254.169.254/x' }] }, [{}], 'its route 169.254.169.254/x cannot be asked'],
    ['no_route', { routes: [{ url: '../x' }] }, [{}], 'its route ../x cannot be asked'],
    ['no_route', { routes: [{ url: `${'a'.repeat(64)}.example` }] }, [{}], 'cannot be asked, because its host is no'],
    ['no_route', { routes: [{ url: 'a.localhost' }] }, [{}], 'its route a.localhost cannot be asked'],
    ['no_route', { routes: [{ url: 'a.example.org:80' }] }, [{}], 'its route a.example.org:80 cannot be asked'],
    ['no_route', { routes: [{ url: '127.0.0.1' }] }, [{}], 'its route 127.0.0.1 cannot be asked'],
    ['no_route', { routes: [{ url: `${'a.'.repeat(125)}example` }] }, [{}], 'cannot be asked, because its host is no'],
    ['no_route', { routes: [{ url: '1.2' }] }, [{}], 'its route 1.2 cannot be asked'],
    ['no_route', { routes: [{ url: '12.apps.internal.34' }] }, [{}], 'its route 12.apps.internal.34 cannot be asked'],
    ['no_route', { routes: [{ url: 'a.apps.internal:81' }] }, [{}], 'its route a.apps.internal:81 cannot be asked'],
    ['not_annotated', {}, k8s, 'prometheus.io/scrape'],
    ['bad_annotation', { annotations: { ...scrape, 'prometheus.io/port': 'x' } }, k8s, 'prometheus.io/port is "x"'],
    ['no_route', { annotations: { ...scrape, 'prometheus.io/port': '81' } }, k8s, 'port 81'],
    ['excluded', {}, [{ excludeApplication: matching('A|c') }], 'matches A|c'],
    ['excluded', { state: 'STOPPED' }, [{ excludeApplication: matching('A') }], 'matches A'],
    ['label_selector', { labels: { team: 'b' } }, [{ labelSelector: labelled('team!=b') }], 'do not fulfil team!=b'],
  ])('%s', (reason, app, rules, words) => {
    const directory = select(
      [
        { guid: 'a', name: 'A', ...app },
        { guid: 'b', annotations: scrape },
      ],
      rules,
    );
    expect(keys(directory)).toEqual(['b/0']);
    const common = { foundation: 'default', appGuid: 'a', appName: 'A', spaceName: 'dev', organizationName: 'Acme' };
    expect(directory.leftOut).toEqual([
      { ...common, rule: 'promregator.targets[0]', reason, detail: expect.stringContaining(words) },
    ]);
  });

  test('a gateway whose host no URL may hold', () => {
    const directory = select([{ guid: 'a' }], [{ overrideRouteAndPath: 'foo.123/x' }, {}]);
    expect(urls(directory)).toEqual(['https://a.example.org/metrics']);
    const detail = expect.stringMatching(/overrideRouteAndPath .*foo\.123$/);
    expect(directory.leftOut).toMatchObject([{ rule: 'promregator.targets[0]', reason: 'no_route', detail }]);
  });

  test('what no rule can change is said once, what a rule decides once a rule', () => {
    const apps: AppSketch[] = [{ guid: 'a', state: 'STOPPED' }, { guid: 'b' }];
    const directory = select(apps, [{ kubernetesAnnotations: true }, { kubernetesAnnotations: true }, {}, {}]);
    expect(reasons(directory)).toEqual([
      'a: stopped',
      'b: not_annotated',
      'b: not_annotated',
      'b: served_by_earlier_rule',
    ]);
    expect(directory.leftOut[3]?.detail).toContain('promregator.targets[2]');
  });

  test('what a rule excludes it does not count, and later rules may take it', () => {
    const apps: AppSketch[] = [{ guid: 'a' }, { guid: 'b', labels: { x: '1' } }, { guid: 'c' }];
    const directory = select(apps, [
      { excludeApplication: matching('a'), labelSelector: labelled('x') },
      { application: named('a') },
    ]);
    expect(keys(directory)).toEqual(['a/0', 'b/0']);
    expect(directory.rules.map(({ applications, instances }) => [applications, instances])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(reasons(directory)).toEqual(['a: excluded', 'c: label_selector']);
  });

  test('a path that an earlier rule gives is told only if the rule gives nothing else', () => {
    const directory = select([{ guid: 'a' }], [{}, { paths: ['/metrics', '/m'] }, { paths: ['/m', '/metrics'] }]);
    expect(urls(directory)).toEqual(['https://a.example.org/metrics', 'https://a.example.org/m']);
    expect(directory.leftOut).toMatchObject([
      {
        rule: 'promregator.targets[2]',
        reason: 'served_by_earlier_rule',
        detail: expect.stringContaining('targets[1]'),
      },
    ]);
  });

  test('an application of an organization that is not listed is nobody`s', () => {
    expect(select([{ guid: 'a', space: 'orphan' }])).toMatchObject({ targets: [], leftOut: [] });
  });
});
