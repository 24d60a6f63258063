import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { writeReferencePage } from './reference-page.js';

test('docs/configuration.md is what the schema says (npm run reference writes it)', () => {
  expect(readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')).toBe(writeReferencePage());
});

test('every option has a meaning', () => {
  expect(writeReferencePage()).not.toMatch(/\| {2}\|\n/);
});
