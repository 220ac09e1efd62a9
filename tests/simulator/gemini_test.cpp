#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"
#include "tools/simulator/exchange.hpp"
#include "tools/simulator/problem.hpp"

using namespace keywheel::simulator;
using namespace simulator_test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view line_a = "x-goog-api-key: sk-sim-key-a";

const std::string ask = R"({"contents":[{"role":"user","parts":[{"text":"ping"}]}],)"
                        R"("generationConfig":{"maxOutputTokens":2}})";

response post(running& sim, const std::string& method, const std::string& body = ask) {
  return sim.call_with(line_a, "POST", "/v1beta/models/" + method, body);
}

const std::string chunk_end = R"("usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":)";

std::string chunk(const std::string& text, int tokens, const std::string& finish = {}) {
  return R"({"candidates":[{"content":{"parts":[{"text":")" + text + R"("}],"role":"model"})"
         + finish + R"(,"index":0}],)" + chunk_end + std::to_string(tokens)
         + R"(,"totalTokenCount":)" + std::to_string(tokens + 1)
         + R"(,"promptTokensDetails":[{"modality":"TEXT","tokenCount":1}]},)"
           R"("modelVersion":"g","responseId":"ID"})";
}

} // namespace

TEST_CASE("Gemini: an answer in Google's lines, without limits in its headers") {
  options what;
  what.default_limits = {10, 1000, 0};
  running sim{what};
  auto answer = post(sim, "g:generateContent");
  CHECK(answer.status == 200);
  CHECK(answer.header("content-type") == "application/json; charset=UTF-8");
  CHECK(answer.head.find("ratelimit") == std::string::npos);
  CHECK(answer.header("retry-after") == "(none)");
  CHECK(scrubbed(answer.body) == R"({
  "candidates": [
    {
      "content": {
        "parts": [
          {
            "text": "Hello from"
          }
        ],
        "role": "model"
      },
      "finishReason": "MAX_TOKENS",
      "index": 0
    }
  ],
  "usageMetadata": {
    "promptTokenCount": 1,
    "candidatesTokenCount": 2,
    "totalTokenCount": 3,
    "promptTokensDetails": [
      {
        "modality": "TEXT",
        "tokenCount": 1
      }
    ]
  },
  "modelVersion": "g",
  "responseId": "ID"
}
)");
}

TEST_CASE("Gemini: cached and thought tokens are counted apart") {
  running sim;
  auto usage = post(sim, "g~cached5~reasoning3:generateContent").json();
  auto& counts = usage["usageMetadata"];
  CHECK(counts["promptTokenCount"].GetInt() == 6);
  CHECK(counts["cachedContentTokenCount"].GetInt() == 5);
  CHECK(counts["candidatesTokenCount"].GetInt() == 2);
  CHECK(counts["thoughtsTokenCount"].GetInt() == 3);
  CHECK(counts["totalTokenCount"].GetInt() == 11);
}

TEST_CASE("Gemini: a stream of events or one array") {
  running sim;
  auto events = post(sim, "g:streamGenerateContent?alt=sse");
  CHECK(events.header("content-type") == "text/event-stream");
  auto last = chunk(" from", 2, R"(,"finishReason":"MAX_TOKENS")");
  CHECK(scrubbed(events.body)
        == "data: " + chunk("Hello", 1) + "\r\n\r\ndata: " + last + "\r\n\r\n");
  auto array = post(sim, "g:streamGenerateContent");
  CHECK(array.header("content-type") == "application/json; charset=UTF-8");
  CHECK(array.body.starts_with("[{\n  \"candidates\": ["));
  CHECK(array.body.find("\n},\r\n{\n") != std::string::npos);
  auto all = array.json();
  REQUIRE(all.Size() == 2);
  CHECK(text(all[1]["candidates"][0]["finishReason"]) == "MAX_TOKENS");
  CHECK_FALSE(all[0]["candidates"][0].HasMember("finishReason"));
}

TEST_CASE("Gemini: embeddings, token counts and models") {
  running sim;
  auto one = post(sim, "g:embedContent",
                  R"({"content":{"parts":[{"text":"x"}]},"outputDimensionality":3})");
  CHECK(one.json()["embedding"]["values"].Size() == 3);
  auto two = post(sim, "g:batchEmbedContents",
                  R"({"requests":[{"model":"models/g","content":{"parts":[{"text":"x"}]}},)"
                  R"({"model":"models/g","content":{"parts":[{"text":"y"}]}}]})")
                 .json();
  REQUIRE(two["embeddings"].Size() == 2);
  CHECK(two["embeddings"][0]["values"].Size() == 3072);
  CHECK(two["embeddings"][0]["values"][0] != two["embeddings"][1]["values"][0]);
  CHECK(post(sim, "g:countTokens").json()["totalTokens"].GetInt() == 1);
  auto models = sim.call_with(line_a, "GET", "/v1beta/models").json();
  CHECK(text(models["models"][0]["name"]) == "models/gpt-4o");
  CHECK(sim.call_with(line_a, "GET", "/v1beta/models/gpt-4o").status == 200);
  CHECK(sim.call("POST", "/v1beta/models/g:generateContent?key=sk-sim-key-a", {}, ask).status
        == 200);
}

TEST_CASE("Gemini: errors in its words") {
  options what;
  what.accept_any_model = false;
  what.models = {"g"};
  running sim{what};
  auto bad =
      sim.call_with("x-goog-api-key: nobody", "POST", "/v1beta/models/g:generateContent", ask);
  CHECK(bad.status == 400);
  CHECK(bad.body == R"({
  "error": {
    "code": 400,
    "message": "API key not valid. Please pass a valid API key.",
    "status": "INVALID_ARGUMENT",
    "details": [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
        "metadata": {
          "service": "generativelanguage.googleapis.com"
        }
      }
    ]
  }
}
)");
  // A bearer token is no API key.
  CHECK(sim.call("POST", "/v1beta/models/g:generateContent", key_a, ask).status == 403);
  CHECK(post(sim, "h:generateContent").json()["error"]["status"] == "NOT_FOUND");
  auto act = [&](const std::string& json) {
    REQUIRE(sim.call("POST", "/_sim/actions", {}, json).status == 200);
  };
  act(R"({"do":"no_capacity","model":"g"})");
  auto capacity = post(sim, "g:generateContent");
  CHECK(capacity.status == 429);
  CHECK(capacity.json()["error"]["details"][0]["reason"] == "MODEL_CAPACITY_EXHAUSTED");
  act(R"({"do":"overload","model":"g"})");
  CHECK(post(sim, "g:generateContent").body == R"({
  "error": {
    "code": 503,
    "message": "The model is overloaded. Please try again later.",
    "status": "UNAVAILABLE"
  }
}
)");
  act(R"({"do":"recover","model":"g"})");
  act(R"({"do":"exhaust","key":"sim-key-a"})");
  CHECK(post(sim, "g:generateContent").status == 402);
}

TEST_CASE("Gemini: a limit tells its quota, and when to come back in the body only") {
  auto said = [](refusal::reason why, std::chrono::nanoseconds wait) {
    reply answer;
    circumstances around;
    around.model = "gemini-2.5-flash";
    refuse(answer, dialect::gemini, {problem::kind::limit, {}, {}, {why, 10, 10, 1, wait}}, around);
    CHECK(answer.status == 429);
    CHECK(answer.lines.empty());
    rapidjson::Document json;
    json.Parse(answer.body.c_str());
    REQUIRE_FALSE(json.HasParseError());
    auto& error = json["error"];
    std::string result{text(error["status"])};
    auto& violation = error["details"][0]["violations"][0];
    result.append(" ").append(text(violation["quotaId"]));
    result.append(" ").append(text(violation["quotaValue"]));
    result.append(" ").append(text(error["details"][2]["retryDelay"]));
    std::string message{text(error["message"])};
    CHECK(message.find("\n* Quota exceeded for metric: ") != std::string::npos);
    return result + " " + message.substr(message.rfind('\n') + 1);
  };
  CHECK(said(refusal::reason::requests, 29'019'961'092ns)
        == "RESOURCE_EXHAUSTED GenerateRequestsPerMinutePerProjectPerModel-FreeTier 10 "
           "29.019961092s Please retry in 29.019961092s.");
  CHECK(said(refusal::reason::tokens, 900ms)
        == "RESOURCE_EXHAUSTED GenerateContentInputTokensPerModelPerMinute-FreeTier 10 0.9s "
           "Please retry in 0.9s.");
  // Misleading on purpose, as the real one is.
  CHECK(said(refusal::reason::requests_per_day, 5h)
        == "RESOURCE_EXHAUSTED GenerateRequestsPerDayPerProjectPerModel-FreeTier 10 "
           "34.074824224s Please retry in 34.074824224s.");
}
