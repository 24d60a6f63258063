import { get } from 'node:http';
import { connect } from 'node:net';
import type { Clock } from '../../src/base/clock.js';
import type { Milliseconds } from '../../src/base/duration.js';
import { describeError } from '../../src/base/errors.js';
import type { HealthCheck } from '../world/long-running.js';

export interface CheckOptions {
  readonly check: HealthCheck;
  readonly address: string;
  readonly port: number;
  readonly timeoutMs: Milliseconds;
  readonly clock: Clock;
}

/** What is wrong with an instance, in words; undefined when the check is passed (facts 6). */
export function checkHealth(options: CheckOptions): Promise<string | undefined> {
  switch (options.check.type) {
    case 'process':
      return Promise.resolve(undefined);
    case 'port':
      return checkPort(options);
    case 'http':
      return checkEndpoint(options, options.check.endpoint);
  }
}

function checkPort({ address, port, timeoutMs, clock }: CheckOptions): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    const done = (failure?: string): void => {
      timer.cancel();
      socket.destroy();
      resolve(failure);
    };
    const timer = clock.after(timeoutMs, () => done(`timed out after ${timeoutMs} ms`));
    socket.once('connect', () => done());
    socket.once('error', (error) => done(`failed to make TCP connection to port ${port}: ${describeError(error)}`));
  });
}

/** 200 and nothing else; a redirect is not followed. */
function checkEndpoint(options: CheckOptions, endpoint: string): Promise<string | undefined> {
  const { address, port, timeoutMs, clock } = options;
  return new Promise((resolve) => {
    const done = (failure?: string): void => {
      timer.cancel();
      request.destroy();
      resolve(failure);
    };
    const request = get({ host: address, port, path: endpoint, agent: false }, (response) => {
      response.resume();
      const { statusCode } = response;
      done(statusCode === 200 ? undefined : `received status code ${statusCode}, expected 200`);
    });
    request.on('error', (error) =>
      done(`failed to make HTTP request to '${endpoint}' on port ${port}: ${describeError(error)}`),
    );
    const timer = clock.after(timeoutMs, () => done(`timed out after ${timeoutMs} ms`));
  });
}
