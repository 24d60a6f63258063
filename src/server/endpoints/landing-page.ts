import type { Guard } from '../guard.js';
import { respond } from '../respond.js';
import type { Endpoint } from '../router.js';

/** Links are relative, so the page needs no knowledge of prefixes and holds nothing but this text. */
const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Promregator</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #222; background: #fff }
  dt { margin-top: 1rem } dd { margin: 0 0 0 1rem; color: #555 } a { color: #0b57a4 } code { font-size: .95em; white-space: nowrap }
  @media (prefers-color-scheme: dark) { body { color: #ddd; background: #161616 } dd { color: #aaa } a { color: #7ab8ff } }
</style>
<h1>Promregator</h1>
<p>Lets Prometheus discover and scrape every instance of every application on Cloud Foundry.</p>
<dl>
  <dt><a href="discovery"><code>discovery</code></a>
  <dd>The targets, for <code>http_sd_configs</code> and <code>file_sd_configs</code>. A part of them by <code>?org=</code>, <code>?space=</code>, <code>?application=</code>, <code>?rule=</code>, <code>?foundation=</code>.
  <dt><a href="debug/discovery"><code>debug/discovery</code></a>
  <dd>What each rule selects, and why applications are left out.
  <dt><code>singleTargetMetrics/&lt;application guid&gt;/&lt;instance&gt;</code>
  <dd>Metrics of one instance. Prometheus finds these paths in the discovery document.
  <dt><a href="promregatorMetrics"><code>promregatorMetrics</code></a>
  <dd>Promregator's own metrics.
  <dt><code>cache/invalidate?application=true&amp;process=true</code>
  <dd>Reads lists from Cloud Foundry anew: <code>org</code> <code>space</code> <code>application</code> <code>process</code> <code>route</code> <code>domain</code> <code>resolver</code>.
  <dt><code>POST -/reload</code>
  <dd>Reads the configuration anew, where <code>--web.enable-lifecycle</code> allows it.
  <dt><a href="-/healthy"><code>-/healthy</code></a>, <a href="-/ready"><code>-/ready</code></a>
  <dd>For health checks of the platform.
</dl>
</html>
`;

export function landingPageEndpoint(guard: Guard): Endpoint {
  return {
    name: 'index',
    path: '/',
    methods: ['GET', 'HEAD'],
    guard,
    answer({ response }) {
      respond(response, {
        status: 200,
        contentType: 'text/html; charset=utf-8',
        body: PAGE,
        headers: {
          'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
        },
      });
    },
  };
}
