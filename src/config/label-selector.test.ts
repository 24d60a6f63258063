import { describe, expect, test } from 'vitest';
import { parseLabelSelector } from './label-selector.js';

const labels = { env: 'prod', 'example.org/team': 'a', empty: '', in: 'x', 'k.8_s-1': 'V.1_a-b' };

describe('what a selector takes', () => {
  test.each([
    ['env', true],
    ['!env', false],
    ['! other', true],
    ['other', false],
    ['env=prod', true],
    ['env==prod', true],
    ['env = prod', true],
    ['env=Prod', false],
    ['ENV=prod', false],
    ['other=prod', false],
    ['env!=prod', false],
    ['env!=test', true],
    ['other!=prod', true],
    ['env in (test,prod)', true],
    ['env in (test)', false],
    ['other in (test)', false],
    ['  env   in( test , prod )  ', true],
    ['env notin (test,prod)', false],
    ['env notin (test)', true],
    ['other notin (test)', true],
    ['in', true],
    ['in in (x)', true],
    ['in notin (in)', true],
    ['example.org/team=a', true],
    ['team=a', false],
    ['k.8_s-1=V.1_a-b', true],
    ['env=prod,!other', true],
    ['env=prod,!env', false],
    ['!other , env in (prod,test),example.org/team', true],
    ['empty=', true],
    ['env=', false],
    ['env=,empty', false],
    ['empty!=', false],
    ['other!=', true],
    ['toString', false],
    ['constructor!=x', true],
    [Array.from({ length: 50 }, () => 'env').join(','), true],
    [`${'a'.repeat(253)}/${'b'.repeat(63)}!=${'c'.repeat(63)}`, true],
  ])('%s', (text, expected) => {
    const outcome = parseLabelSelector(text);
    if (!outcome.ok) throw new Error(outcome.reason);
    expect(outcome.selector.source).toBe(text);
    expect(outcome.selector.test(labels)).toBe(expected);
  });

  test('a label may have any name that an object has of itself', () => {
    const own: Record<string, string> = JSON.parse('{"constructor":"x","hasOwnProperty":"y"}');
    const outcome = parseLabelSelector('constructor=x,hasOwnProperty=y,!toString');
    expect(outcome.ok && outcome.selector.test(own)).toBe(true);
  });
});

describe('what is no selector', () => {
  test.each<[string, string, number]>([
    ['', 'the end where the key of a label', 0],
    ['  ', 'the end where the key of a label', 2],
    ['env,', 'the end where the key of a label', 4],
    ['env,,team', "',' where the key of a label", 4],
    ['!!env', "'!' where the key of a label", 1],
    ['!=env', "'=' where the key of a label", 1],
    ['=prod', "'=' where the key of a label", 0],
    ['env in prod', "'p' where values in parentheses", 7],
    ['env in ()', "')' where a value is", 8],
    ['env in (a,)', "')' where a value is", 10],
    ['env in (a', "the end where a comma or ')'", 9],
    ['env in (a b)', "'b' where a comma or ')'", 10],
    ['env in (a) team', "'t' where a comma or the end", 11],
    ['env IN (a)', "'I' where a comma or the end", 4],
    ['env=a b', "'b' where a comma or the end", 6],
    ['env=a/b', "'/' where a comma or the end", 5],
    ['env > 1', "'>' where a comma or the end", 4],
    ['env=😀', "'😀' where a comma or the end", 4],
    ['__proto__', "'__proto__' holds more than letters", 0],
    ['-env', "'-env' holds more than letters", 0],
    ['env=a.', "'a.' holds more than letters", 4],
    ['env in (a, _b)', "'_b' holds more than letters", 11],
    ['a/', "'' holds more than letters", 2],
    ['/a', "'' is no prefix", 0],
    ['a/b/c', "'b/c' holds more than letters", 2],
    ['a_b/c', "'a_b' is no prefix", 0],
    [`${'a'.repeat(254)}/b`, 'is no prefix', 0],
    [`x,${'a'.repeat(64)}`, '63 characters at most', 2],
    [`x=${'a'.repeat(64)}`, '63 characters at most', 2],
    [Array.from({ length: 51 }, () => 'a').join(','), 'more than 50 requirements', 100],
  ])('%s', (text, reason, position) => {
    expect(parseLabelSelector(text)).toEqual({ ok: false, reason: expect.stringContaining(reason), position });
  });
});
