// HEALTHCHECK of the image: exit code 0 when /-/healthy answers 200. Platforms with probes of their own (Kubernetes, Cloud
// Foundry) ask it directly. HEALTHCHECK_URL names another place, where port, TLS or server.servlet.contextPath stand in a file.
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';

const WITHIN_MS = 4_000;

const { HEALTHCHECK_URL, SERVER_PORT } = process.env;
const url = new URL(HEALTHCHECK_URL || `http://127.0.0.1:${SERVER_PORT || 8080}/-/healthy`);

// Our own listener, whose certificate is for the name by which others know it.
const options = { rejectUnauthorized: false, signal: AbortSignal.timeout(WITHIN_MS) };

(url.protocol === 'https:' ? getHttps : getHttp)(url, options, ({ statusCode }) =>
  end(statusCode === 200, statusCode),
).on('error', ({ message }) => end(false, message));

function end(isHealthy, found) {
  if (!isHealthy) process.stderr.write(`${url}: ${found}\n`);
  process.exit(isHealthy ? 0 : 1);
}
