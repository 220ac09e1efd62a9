-- wrk script: a small chat completion (with the argument "streamed" a stream); one line of JSON at
-- the end.
wrk.method = "POST"
wrk.body = '{"model":"gpt-4o","messages":[{"role":"user","content":"Hello there"}],"max_tokens":16}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer sk-sim-key-a"

function init(arguments)
  if arguments[1] == "streamed" then
    wrk.body = string.gsub(wrk.body, '"max_tokens":16', '"stream":true')
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"bytes":%d,"seconds":%.6f,"p50":%.6f,"p99":%.6f,' ..
    '"status":%d,"socket":%d}\n',
    summary.requests, summary.bytes, summary.duration / 1e6,
    latency:percentile(50) / 1e6, latency:percentile(99) / 1e6,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
