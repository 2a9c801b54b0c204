-- A scenario's load for wrk: wrk -t N -c N -s load.lua URL -- REQUESTS PATH FIRST N
--
-- REQUESTS has a request a line: its tokens, a tab, its body. Each client sends every Nth of them in turn, from the one
-- with the number FIRST on. A thread has one client, so that an answer belongs to the request that its thread sent last.
-- At the end one line of JSON says what was measured.

local ffi = require("ffi")
ffi.cdef [[
typedef struct { long seconds; long nanoseconds; } bench_time;
int clock_gettime(int clock, bench_time *time);
]]
local MONOTONIC, PROCESS_CPU = 1, 2
local time = ffi.new("bench_time")

local function clock(which)
    ffi.C.clock_gettime(which, time)
    return tonumber(time.seconds) + tonumber(time.nanoseconds) / 1e9
end

local threads = {}

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

function init(arguments)
    local file, path, first = arguments[1], arguments[2], tonumber(arguments[3])
    local lines = {}
    for line in io.lines(file) do
        table.insert(lines, line)
    end
    local headers = { ["Content-Type"] = "application/json" }
    messages, sizes = {}, {}
    for at = number, #lines - 1, tonumber(arguments[4]) do
        local tokens, body = lines[(at + first) % #lines + 1]:match("(%d+)\t(.*)")
        table.insert(sizes, tonumber(tokens))
        table.insert(messages, wrk.format("POST", path, headers, body))
    end
    turn, failed, status = 0, 0, 200
    starts, ends, tokens = {}, {}, {}
end

function request()
    turn = turn % #messages + 1
    sent = clock(MONOTONIC)
    return messages[turn]
end

function response(answered)
    if answered ~= 200 then
        failed, status = failed + 1, answered
    end
    table.insert(starts, sent)
    table.insert(ends, clock(MONOTONIC))
    table.insert(tokens, sizes[turn])
end

local function json(values)
    local texts = {}
    for at, value in ipairs(values) do
        texts[at] = string.format("%.3f", value)
    end
    return "[" .. table.concat(texts, ",") .. "]"
end

-- The window opens when every client has had an answer and closes with the last answer of the client whose last answer
-- is the oldest: no empty queue is seen, and of all that lies within it is known how long it took.
function done(summary)
    local clients, from, to, failed, status = {}, 0, math.huge, 0, 200
    for _, thread in ipairs(threads) do
        local client = { starts = thread:get("starts"), ends = thread:get("ends"), tokens = thread:get("tokens") }
        table.insert(clients, client)
        from = math.max(from, client.ends[1] or math.huge)
        to = math.min(to, client.ends[#client.ends] or 0)
        if thread:get("failed") > 0 then
            failed, status = failed + thread:get("failed"), thread:get("status")
        end
    end
    local tokens, latencies, slowest = 0, {}, 0
    for _, client in ipairs(clients) do
        for at, start in ipairs(client.starts) do
            local finish = client.ends[at]
            slowest = math.max(slowest, finish - start)
            local overlap = math.min(finish, to) - math.max(start, from)
            if overlap > 0 then
                tokens = tokens + client.tokens[at] * overlap / (finish - start)
            end
            if finish > from and finish <= to then
                table.insert(latencies, (finish - start) * 1000)
            end
        end
    end
    local errors = summary.errors
    io.write(string.format(
        '{"from": %.6f, "to": %.6f, "tokens": %.3f, "slowest": %.6f, "failed": %d, "status": %d, "broken": %d, "cpu": %.6f, "latencies": %s}\n',
        from == math.huge and 0 or from, to, tokens, slowest, failed, status,
        errors.connect + errors.read + errors.write + errors.timeout, clock(PROCESS_CPU), json(latencies)))
end
