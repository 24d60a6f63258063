import { describe, expect, test } from 'vitest';
import { parseListQuery } from './list-query.js';

const rules = {
  filters: ['names', 'space_guids', 'lifecycle_type'],
  orderBy: ['created_at', 'updated_at', 'name'],
  include: ['space', 'org', 'space.organization'],
  allowed: { lifecycle_type: ['buildpack', 'cnb', 'docker'] },
};
const VALID =
  "'page', 'per_page', 'order_by', 'created_ats', 'updated_ats', 'guids', 'names', 'space_guids', 'lifecycle_type', 'include', 'label_selector'";
const TIME = "an invalid timestamp format. Timestamps should be formatted as 'YYYY-MM-DDThh:mm:ssZ'";

describe('a query that the API refuses', () => {
  test.each([
    ['foo=1', `Unknown query parameter(s): 'foo'. Valid parameters are: ${VALID}`],
    ['foo=1&bar=2', `Unknown query parameter(s): 'foo', 'bar'. Valid parameters are: ${VALID}`],
    ['embed=process_instances', `Unknown query parameter(s): 'embed'. Valid parameters are: ${VALID}`],
    ['page=0', 'Page must be a positive integer'],
    ['page=x', 'Page must be a positive integer'],
    ['per_page=0', 'Per page must be a positive integer'],
    ['per_page=-1', 'Per page must be a positive integer'],
    ['per_page=5001', 'Per page must be between 1 and 5000'],
    ['page=0&per_page=0', 'Page must be a positive integer, Per page must be a positive integer'],
    ['order_by=state', "Order by can only be: 'created_at', 'updated_at', 'name'"],
    ['include=x', "Invalid included resource: 'x'. Valid included resources are: 'space', 'org', 'space.organization'"],
    ['lifecycle_type=x', "Invalid lifecycle_type: 'x'"],
    ['label_selector=', 'Missing label_selector value'],
    ['label_selector=a%20IN%20(b)', 'Invalid label_selector value'],
    [
      `label_selector=${Array.from({ length: 51 }, (_, i) => `k${i}`).join(',')}`,
      'Too many label_selector requirements (maximum is 50)',
    ],
    ['created_ats=2020-01-01', `Created ats has ${TIME}`],
    ['updated_ats[gt]=2020-01-01T00:00:00Z,2020-01-01T00:00:00Z', `Updated ats has ${TIME}`],
  ])('%s', (query, message) => {
    expect(() => parseListQuery(query, rules)).toThrow(`The query parameter is invalid: ${message}`);
  });
});

describe('the query of another page', () => {
  test.each([
    ['', 'page=2&per_page=50'],
    ['space_guids=b,a&per_page=2&names=x', 'names=x&page=2&per_page=2&space_guids=b%2Ca'],
    ['names=a%252Cb,c', 'names=a%252Cb%2Cc&page=2&per_page=50'],
    ['order_by=name', 'order_by=%2Bname&page=2&per_page=50'],
    ['order_by=-name', 'order_by=-name&page=2&per_page=50'],
    ['order_by=', 'order_by=&page=2&per_page=50'],
    ['created_ats[gt]=2020-01-01T00:00:00Z', 'created_ats%5Bgt%5D=2020-01-01T00%3A00%3A00Z&page=2&per_page=50'],
    ['label_selector=a+in+(b,c)', 'label_selector=a+in+%28b%2Cc%29&page=2&per_page=50'],
  ])('%s', (query, expected) => {
    expect(parseListQuery(query, rules).hrefQuery(2)).toBe(expected);
  });
});

test.each([
  ['names=a,b', ['a', 'b']],
  ['names=a,%20b', ['a', 'b']],
  ['names=a%252Cb', ['a,b']],
  ['names=', ['']],
  ['names=a%2Bb', ['a b']],
  ['names=a%252Bb', ['a+b']],
])('values of %s', (query, expected) => {
  expect([...(parseListQuery(query, rules).filters.get('names') ?? [])]).toEqual(expected);
});
