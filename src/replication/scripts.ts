// Each step is one script, so that it happens whole or not at all. They name every key that they touch (a cluster asks for
// that) and need Redis 5, which replicates what a script did and not the script, or any Valkey.
// Leases are written `<fence> <milliseconds> <holder>`.

/** What is of another type in the value's place is none: it is overwritten when there is one. */
const BYTES = `
local function bytesOf(key)
  local bytes = redis.pcall('STRLEN', key)
  if type(bytes) == 'number' then return bytes end
  if string.find(bytes.err, 'WRONGTYPE') then return 0 end
  error(bytes.err)
end`;

/**
 * KEYS lease, head, value. ARGV seen fence. Gives lease, milliseconds left, head, bytes of the value.
 *
 * The server counts leases by its clock on the wall, which may be set back, or be another one after a failover.
 */
export const LOOK = `${BYTES}
local lease = redis.call('GET', KEYS[1])
if lease and tonumber(string.match(lease, '^%d+') or '0') < tonumber(ARGV[1]) then
  redis.call('DEL', KEYS[1])
  lease = false
end
local left = lease and redis.call('PTTL', KEYS[1]) or 0
local given = lease and tonumber(string.match(lease, '^%d+ (%d+) '))
if given and left > given then
  redis.call('PEXPIRE', KEYS[1], given)
  left = given
end
return {lease, left, redis.call('GET', KEYS[2]), bytesOf(KEYS[3])}`;

/**
 * KEYS lease, fence, head. ARGV holder, milliseconds of the lease, seen fence, seconds to keep the fence. Gives the fence
 * and the head, or nothing when somebody holds the lease.
 *
 * The number is at least the time in milliseconds, so that it grows on also when the store has lost its memory.
 */
export const ACQUIRE = `
if redis.call('EXISTS', KEYS[1]) == 1 then return false end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local last = tonumber(redis.call('GET', KEYS[2]) or '0') or 0
local fence = string.format('%.0f', math.max(last + 1, tonumber(ARGV[3]) + 1, now))
redis.call('SET', KEYS[2], fence, 'EX', ARGV[4])
redis.call('SET', KEYS[1], fence .. ' ' .. ARGV[2] .. ' ' .. ARGV[1], 'PX', ARGV[2])
return {fence, redis.call('GET', KEYS[3])}`;

/** KEYS lease, wishes, head, value. ARGV lease, milliseconds. Gives 0, or 1, wishes by name and number, head, bytes of the value. */
export const RENEW = `${BYTES}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {0} end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {1, redis.call('HGETALL', KEYS[2]), redis.call('GET', KEYS[3]), bytesOf(KEYS[4])}`;

/** KEYS lease. ARGV lease, channel. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[2], 'lease')
return 1`;

/** KEYS lease, head, value. ARGV lease, channel, seconds to keep, head, value (perhaps none). */
export const PUT = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[5] then redis.call('SET', KEYS[3], ARGV[5], 'EX', ARGV[3])
else redis.call('EXPIRE', KEYS[3], ARGV[3]) end
redis.call('SET', KEYS[2], ARGV[4], 'EX', ARGV[3])
redis.call('PUBLISH', ARGV[2], 'head')
return 1`;

/** KEYS wishes. ARGV channel, seconds to keep, wishes. Gives their numbers, which grow as the fence does. */
export const ASK = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local numbers = {}
for at = 3, #ARGV do
  local last = tonumber(redis.call('HGET', KEYS[1], ARGV[at]) or '0') or 0
  local number = string.format('%.0f', math.max(last + 1, now))
  redis.call('HSET', KEYS[1], ARGV[at], number)
  numbers[#numbers + 1] = number
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('PUBLISH', ARGV[1], 'wish')
return numbers`;
