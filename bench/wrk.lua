-- Sends the requests of a file in rotation, each write with a key and a body of its own.
-- A line is: method, path, token, If-None-Match, body, with tabs between. Twelve @ stand for the number of the request.
local HOLE, WIDTH = "@@@@@@@@@@@@", "%012d"
local run = os.getenv("BENCH_RUN") or "run"
local requests, at, sent = {}, 0, 0

local function fields_of(line)
  local fields = {}
  for field in (line .. "\t"):gmatch("(.-)\t") do fields[#fields + 1] = field end
  return fields
end

function init(args)
  for line in io.lines(args[1]) do
    local method, path, token, tag, body = unpack(fields_of(line))
    local headers = { ["Host"] = "127.0.0.1", ["Accept"] = "application/json" }
    if token ~= "" then headers["Authorization"] = "Bearer " .. token end
    if tag ~= "" then headers["If-None-Match"] = tag end
    if body ~= "" then
      headers["Content-Type"] = "application/json"
      headers["Idempotency-Key"] = run .. "-" .. HOLE
    end
    requests[#requests + 1] = { wrk.format(method, path, headers, body ~= "" and body or nil), body ~= "" }
  end
end

function request()
  at = at % #requests + 1
  local text, is_write = unpack(requests[at])
  if not is_write then return text end
  sent = sent + 1
  return (text:gsub(HOLE, WIDTH:format(sent)))
end

if os.getenv("BENCH_SHOW") then
  local shown = 0
  function response(status, _, body)
    if status >= 400 and shown < 3 then
      shown = shown + 1
      io.stdout:write(("BENCH-FAILED %d %s\n"):format(status, body))
    end
  end
end

function done(summary, latency, _)
  local errors = summary.errors
  io.stdout:write(("BENCH %d %d %d %d %d %d\n"):format(
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
