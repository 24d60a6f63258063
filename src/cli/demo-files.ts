import { stringify } from 'yaml';
import type { Simulator } from '../../simulator/simulator.js';

/** A configuration as an operator would write it, with `connectTo` in place of DNS. */
export function promregatorConfigFor(
  simulator: Simulator,
  choices: { readonly port?: number; readonly refreshSeconds?: number } = {},
): string {
  const { port = 8080, refreshSeconds } = choices;
  const timeout = { application: refreshSeconds, route: refreshSeconds, process: refreshSeconds };
  return stringify({
    cf: {
      api_host: simulator.apiHost,
      username: simulator.username,
      password: simulator.password,
      tls_config: { ca_file: simulator.caFile },
      ...(refreshSeconds === undefined ? {} : { cache: { timeout } }),
    },
    promregator: {
      connectTo: [...simulator.connectTo],
      scraping: { tls_config: { ca_file: simulator.caFile } },
      targets: [{ orgRegex: '.*' }],
    },
    server: { address: '127.0.0.1', port },
  });
}

/** The configuration to paste, with the short intervals of a demonstration. */
export function demoPrometheusConfig(promregatorUrl: string): string {
  return stringify({
    global: { scrape_interval: '5s' },
    scrape_configs: [
      {
        job_name: 'cloud-foundry',
        http_sd_configs: [{ url: `${promregatorUrl}/discovery`, refresh_interval: '5s' }],
        relabel_configs: [
          { source_labels: ['__meta_promregator_target_instanceId'], target_label: 'cf_instance_id' },
          { source_labels: ['__meta_promregator_target_orgName'], target_label: 'org_name' },
          { source_labels: ['__meta_promregator_target_spaceName'], target_label: 'space_name' },
          { source_labels: ['__meta_promregator_target_applicationName'], target_label: 'app_name' },
          { source_labels: ['__meta_promregator_target_instanceNumber'], target_label: 'cf_instance_number' },
        ],
      },
    ],
  });
}
