import { expect, test } from 'vitest';
import { replicaIdOf } from './replica-id.js';

test.each([
  ['cell-7.example.org', 'cell-7.example.org/4711'],
  ['a b\nc/d', 'a_b_c_d/4711'],
  ['h'.repeat(300), `${'h'.repeat(63)}/4711`],
  ['', '4711'],
])('a replica on %j', (host, id) => {
  expect(replicaIdOf({ host, instanceId: '4711' })).toBe(id);
});
