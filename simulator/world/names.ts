const ADJECTIVES = (
  'amber bold brisk calm clear coral crisp dusky eager fair fleet gentle golden grand green happy ' +
  'hidden ivory jolly keen light lively lucky merry mild misty noble plain proud quick quiet rapid ' +
  'royal sandy silent silver steady sunny swift warm'
).split(' ');

const NOUNS = (
  'anchor arrow badger basket beacon bridge brook canyon castle cedar comet crane delta dune eagle ' +
  'falcon ferry forest garden glacier harbor heron island lantern maple meadow mill moon orchard otter ' +
  'pebble pine prairie raven reef river sparrow tower valley willow yard'
).split(' ');

/** Coprime to the number of pairs, so that neighbours in number are not neighbours in name. */
const STRIDE = 733;

/**
 * The name that belongs to a number: `amber-anchor`, and from the 1,640th on with a number behind.
 *
 * Lower-case letters, digits and hyphens only, so that it is a host name, and different for different numbers.
 */
export function nameFor(number: number, offset: number): string {
  const pairs = ADJECTIVES.length * NOUNS.length;
  const pair = ((number + offset) * STRIDE) % pairs;
  const adjective = ADJECTIVES[pair % ADJECTIVES.length] ?? '';
  const noun = NOUNS[Math.floor(pair / ADJECTIVES.length)] ?? '';
  const round = Math.floor(number / pairs);
  return round === 0 ? `${adjective}-${noun}` : `${adjective}-${noun}-${round + 1}`;
}
