import { RedisScript } from './redis-script.ts'

/*
 * What Redis does in one step for the log of events. KEYS[1] is the stream, KEYS[2] the hash of the log
 * (`event-keys.ts`).
 */

/** What is seen at several servers is not seen in the same millisecond. */
const SAME_MOMENT_MS = 250
/**
 * For how long it is known what was reported of a stream, s. Publishers choose the names of streams: each is to cost
 * Redis something for a day at most. After that a change is news, whoever says it first.
 */
const REPORTED_S = 86_400
/** Of how many warnings of a stream it is known what was reported: those of its newest frames. */
const MOST_REPORTED = 40

/** Ids are compared as numbers, which are exact up to 2^53, as in `core/frame-id.ts`. */
const IDS = `
local function parts(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(seq)
end
local function isAfter(one, other)
  local ms, seq = parts(one)
  local otherMs, otherSeq = parts(other)
  return ms > otherMs or (ms == otherMs and seq > otherSeq)
end
`

/**
 * Finds the log, or begins an epoch: where there is none, where its stream is gone, and where it ends before a place that
 * a node has read (an older state of Redis was restored). The epoch is above all ids that are known, since ids that may
 * have been given are not given again.
 */
const LOG = `${IDS}
local function top()
  if redis.call('EXISTS', KEYS[1]) == 0 then return '0-0' end
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return info[i + 1] end
  end
end
local function above(id, others)
  for _, other in ipairs(others) do
    if not isAfter(id, other) then
      local ms, seq = parts(other)
      id = string.format('%.0f-%.0f', ms, seq + 1000000)
    end
  end
  return id
end
local function findLog(known, place, candidate)
  local found = redis.call('HMGET', KEYS[2], 'epoch', 'last')
  local epoch, last = found[1], found[2]
  if epoch and last then
    local isThere = last == epoch or redis.call('EXISTS', KEYS[1]) == 1
    -- Other programs may write, too: their ids are not noted.
    local isOlder = known == epoch and isAfter(place, last) and isAfter(place, top())
    if isThere and not isOlder then return epoch, last end
    if not isThere then redis.call('HSET', KEYS[3], '', last) end
  end
  local begin = above(candidate, { last or '0-0', top(), place })
  redis.call('HSET', KEYS[2], 'epoch', begin, 'last', begin)
  redis.call('HSETNX', KEYS[2], 'first', top() == '0-0' and begin or '0-0')
  return begin, begin
end
`

/**
 * Finds the log. KEYS[3]: what is gone, KEYS[4]: changes. ARGV: the epoch that the caller knows, its place, and an
 * epoch to begin.
 * @returns epoch, first epoch, highest id, and the last change
 */
export const FIND_LOG = new RedisScript(`${LOG}
local epoch = findLog(ARGV[1], ARGV[2], ARGV[3])
local change = redis.call('XREVRANGE', KEYS[4], '+', '-', 'COUNT', 1)
return { epoch, redis.call('HGET', KEYS[2], 'first'), top(), change[1] and change[1][1] or '0-0' }
`)

/**
 * Which changes are news (`ObservedChange`), by what was reported last of each: to what it changed, when that was seen
 * which it followed from, and which run of a node said so. A node's own changes are in order. What another one says is
 * not news if it is the same, or follows from something older: who sees a stream later would otherwise report that it was
 * silent, and then that it goes on, after others have reported both.
 */
const REPORTED = `
local function nowOfRedis()
  local time = redis.pcall('TIME')
  if time.err then return nil end
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local reportedAt = {}
local function reportedIn(key)
  if not reportedAt[key] then
    local text = redis.pcall('GET', key)
    local isRead, reported = pcall(cjson.decode, type(text) == 'string' and text or '{}')
    reportedAt[key] = isRead and type(reported) == 'table' and reported or {}
  end
  return reportedAt[key]
end
local function isNews(known, to, at, run)
  if type(known) ~= 'table' or type(known.at) ~= 'number' then return true end
  if known.to == to then return false end
  if known.run == run or not at then return true end
  if to == 'live' or to == 'raised' or known.to == 'offline' then return at > known.at + ${SAME_MOMENT_MS} end
  return at >= known.at - ${SAME_MOMENT_MS}
end
local function forgetOldest(reported)
  local count, oldest = 0, nil
  for of, known in pairs(reported) do
    local at = type(known) == 'table' and tonumber(known.at) or 0
    count = count + 1
    if of ~= '' and (not oldest or at < oldest.at) then oldest = { of = of, at = at } end
  end
  if count > ${MOST_REPORTED} and oldest then reported[oldest.of] = nil end
end
local function report(key, of, to, at, run)
  local reported = reportedIn(key)
  reported[of] = { to = to, at = at or 0, run = run }
  forgetOldest(reported)
  redis.call('SET', key, cjson.encode(reported), 'EX', ${REPORTED_S})
end
`

/**
 * Appends events of one run of a node, in their order: those that it has are left out, so that it may be tried again; so
 * are changes that are no news. KEYS[3]: what is gone, KEYS[4]: the receipts of the run, then of which streams it is known
 * what was reported. ARGV: as FIND_LOG; for how many seconds receipts are kept; the run; and of
 * each event the number in its receipt, its time in ms; which key its change belongs to, 0 for none, and of what, to
 * what, and how many ms ago; how many texts follow, and its fields.
 * @returns epoch, and the ids, '' for those that were left out
 */
export const APPEND = new RedisScript(`${LOG}${REPORTED}
local function nextId(last, ms)
  local lastMs, seq = parts(last)
  if tonumber(ms) > lastMs then return ms .. '-0' end
  return string.format('%.0f-%.0f', lastMs, seq + 1)
end
local epoch, last = findLog(ARGV[1], ARGV[2], ARGV[3])
local logged = tonumber(redis.call('GET', KEYS[4]) or '0')
-- Where it may not be written, that is found before anything is added: it would be added again each time.
redis.call('HSET', KEYS[2], 'last', last)
redis.call('SET', KEYS[4], string.format('%.0f', logged), 'EX', ARGV[4])
local run = ARGV[5]
local now = #KEYS > 4 and nowOfRedis()
local ids = {}
local i = 6
while i <= #ARGV do
  local number, ms, count = tonumber(ARGV[i]), ARGV[i + 1], tonumber(ARGV[i + 6])
  local reported, of, to = KEYS[4 + tonumber(ARGV[i + 2])], ARGV[i + 3], ARGV[i + 4]
  local at = now and now - tonumber(ARGV[i + 5])
  local id = ''
  if ARGV[i + 2] == '0' then reported = nil end
  if number > logged and reported and not isNews(reportedIn(reported)[of], to, at, run) then
    logged = number
  elseif number > logged then
    local fields = { 'epoch', epoch }
    for j = i + 7, i + 6 + count do fields[#fields + 1] = ARGV[j] end
    id = nextId(last, ms)
    local added = redis.pcall('XADD', KEYS[1], id, unpack(fields))
    if type(added) == 'table' and added.err then
      if not string.find(added.err, 'equal or smaller') then return redis.error_reply(added.err) end
      -- Another program has added something.
      id = nextId(top(), ms)
      redis.call('XADD', KEYS[1], id, unpack(fields))
    end
    last = id
    logged = number
    if reported then report(reported, of, to, at, run) end
  end
  ids[#ids + 1] = id
  i = i + 7 + count
end
redis.call('HSET', KEYS[2], 'last', last)
redis.call('SET', KEYS[4], string.format('%.0f', logged), 'EX', ARGV[4])
return { epoch, ids }
`)

/** The index of the log, without what only readers need. ARGV: after which id, and how many. @returns entries */
export const READ_INDEX = new RedisScript(`${IDS}
local ms, seq = parts(ARGV[1])
local entries = redis.call('XRANGE', KEYS[1], string.format('%.0f-%.0f', ms, seq + 1), '+', 'COUNT', ARGV[2])
local isIndexed = {
  type = true, timestamp = true, priority = true, label = true, key = true, needs = true, publisher = true,
  receipt = true, weight = true,
}
for _, entry in ipairs(entries) do
  local fields = {}
  for i = 1, #entry[2], 2 do
    if isIndexed[entry[2][i]] then
      fields[#fields + 1] = entry[2][i]
      fields[#fields + 1] = entry[2][i + 1]
    end
  end
  entry[2] = fields
end
return entries
`)

/** Reads events. KEYS[2]: who has taken note of them. ARGV: ids. @returns of each the entries, and the acknowledgement */
export const READ_EVENTS = new RedisScript(`
local found = {}
for i, id in ipairs(ARGV) do
  found[i] = { redis.call('XRANGE', KEYS[1], id, id), redis.call('HGET', KEYS[2], id) }
end
return found
`)

/**
 * Deletes events that make room for others. KEYS[2]: what is gone, KEYS[3]: acknowledgements. ARGV: how many ids, the
 * ids; then the kinds that they are of, each with its newest id.
 */
export const DROP = new RedisScript(`${IDS}
local count = tonumber(ARGV[1])
-- First, as a Redis that is full does not take it: nothing is to be missing that nobody is told of.
for i = count + 2, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[2], ARGV[i])
  if not known or isAfter(ARGV[i + 1], known) then redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
end
for i = 2, count + 1 do
  redis.call('XDEL', KEYS[1], ARGV[i])
  redis.call('HDEL', KEYS[3], ARGV[i])
end
if redis.call('HLEN', KEYS[2]) > 2000 then
  local newest = '0-0'
  for _, id in ipairs(redis.call('HVALS', KEYS[2])) do
    if isAfter(id, newest) then newest = id end
  end
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[2], '', newest)
end
return 'OK'
`)

/**
 * Notes who has taken note of an event; only the first time counts. KEYS[2]: acknowledgements, KEYS[3]: changes. ARGV: id,
 * acknowledgement.
 * @returns the entries of that id, and the acknowledgement that counts
 */
export const ACKNOWLEDGE = new RedisScript(`
local found = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])
if #found > 0 and redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[2]) == 1 then
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', 10000, '*', 'id', ARGV[1], 'acknowledged', ARGV[2])
end
return { found, redis.call('HGET', KEYS[2], ARGV[1]) }
`)
