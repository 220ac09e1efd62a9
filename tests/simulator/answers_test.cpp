#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"

#include <cmath>

using namespace keywheel::simulator;
using namespace simulator_test;

TEST_CASE("a chat completion has OpenAI's shape, names its key and echoes") {
  running sim;
  auto answer = sim.post_chat(key_a, chat("ping"));
  CHECK(answer.status == 200);
  CHECK(scrubbed(answer.body)
        == R"({"id":"chatcmpl-ID","object":"chat.completion","created":0,"model":"gpt-4o",)"
           R"("choices":[{"index":0,"message":{"role":"assistant",)"
           R"("content":"Hello from sim-key-a, request 1: ping","refusal":null,)"
           R"("annotations":[]},"logprobs":null,"finish_reason":"stop"}],)"
           R"("usage":{"prompt_tokens":1,"completion_tokens":6,"total_tokens":7,)"
           R"("prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},)"
           R"("completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,)"
           R"("accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},)"
           R"("service_tier":"default","system_fingerprint":"fp_simulator"})");
  CHECK(answer.header("content-type") == "application/json");
  CHECK(answer.header("openai-organization") == "org-sim-key-a");
  CHECK(answer.header("openai-version") == "2020-10-01");
  CHECK(std::stoi(answer.header("openai-processing-ms")) >= 0);
  CHECK(answer.header("x-request-id").starts_with("req_"));
  CHECK(answer.header("x-simulator-key") == "sim-key-a");
  CHECK(answer.header("x-simulator-request") == "1");
  CHECK(answer.header("date").ends_with(" GMT"));
  CHECK(answer.header("x-ratelimit-limit-requests") == "(none)");
  CHECK(answer.head.find("sk-sim") == std::string::npos);
  CHECK(sim.stat("sim-key-a", "tokens") == 7);
}

TEST_CASE("the echo is cut at 200 characters, the answer at max_tokens") {
  running sim;
  auto content = [](const response& answer) {
    auto json = answer.json();
    auto& choice = json["choices"][0];
    return std::string{choice["message"]["content"].GetString()} + "|"
           + choice["finish_reason"].GetString();
  };
  CHECK(content(sim.post_chat(key_a, chat(std::string(300, 'x'))))
        == "Hello from sim-key-a, request 1: " + std::string(200, 'x') + "|stop");
  CHECK(content(sim.post_chat(key_a, chat("ping", R"(,"max_completion_tokens":3)")))
        == "Hello from sim-key-a,|length");
  CHECK(content(sim.post_chat(key_a, chat("ping", R"(,"max_tokens":0)"))) == "|length");
}

TEST_CASE("answers are made longer on demand") {
  options what;
  what.tokens = 9;
  running sim{what};
  auto json = sim.post_chat(key_a, chat("ping")).json();
  CHECK(std::string{json["choices"][0]["message"]["content"].GetString()}
        == "Hello from sim-key-a, request 1: ping word word word");
  CHECK(json["usage"]["completion_tokens"].GetInt() == 9);
}

TEST_CASE("completions and responses answer in their own shape") {
  running sim;
  auto plain = sim.call("POST", "/v1/completions", key_a, R"({"model":"m","prompt":["a","b"]})");
  CHECK(text(plain.json()["choices"][0]["text"]) == "Hello from sim-key-a, request 1: b");
  auto body = R"({"model":"m","input":[{"role":"user","content":[
                  {"type":"input_text","text":"hey"}]}],"instructions":"x"})";
  auto answer = sim.call("POST", "/v1/responses", key_a, body).json();
  CHECK(text(answer["object"]) == "response");
  CHECK(text(answer["status"]) == "completed");
  CHECK(text(answer["output"][0]["content"][0]["text"]) == "Hello from sim-key-a, request 2: hey");
  CHECK(answer["usage"]["output_tokens"].GetInt() == 6);
  auto cut = sim.call("POST", "/v1/responses", key_a,
                      R"({"model":"m","input":"hey","max_output_tokens":2})")
                 .json();
  CHECK(text(cut["status"]) == "incomplete");
  CHECK(text(cut["incomplete_details"]["reason"]) == "max_output_tokens");
}

TEST_CASE("embeddings are unit vectors, the same as numbers and as Base64") {
  running sim;
  auto numbers = sim.call("POST", "/v1/embeddings", key_a,
                          R"({"model":"m","input":["one","two"],"dimensions":3})")
                     .json();
  REQUIRE(numbers["data"].Size() == 2);
  CHECK(numbers["data"][1]["index"].GetInt() == 1);
  auto& vector = numbers["data"][0]["embedding"];
  REQUIRE(vector.Size() == 3);
  CHECK(vector[0].GetDouble() != numbers["data"][1]["embedding"][0].GetDouble());
  double squares = 0;
  std::string bytes;
  for (auto& value : vector.GetArray()) {
    squares += value.GetDouble() * value.GetDouble();
    auto single = static_cast<float>(value.GetDouble());
    bytes.append(reinterpret_cast<const char*>(&single), sizeof single);
  }
  CHECK(std::abs(squares - 1) < 1e-5);
  auto coded = sim.call("POST", "/v1/embeddings", key_a,
                        R"({"model":"m","input":"one","dimensions":3,"encoding_format":"base64"})")
                   .json();
  // Twelve bytes are sixteen characters without padding; decoded here bit by bit.
  std::string text = coded["data"][0]["embedding"].GetString(), decoded;
  REQUIRE(text.size() == 16);
  static const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789+/";
  unsigned bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bits = bits << 6 | static_cast<unsigned>(alphabet.find(text[i]));
    if (i % 4 == 3)
      for (int shift = 16; shift >= 0; shift -= 8)
        decoded += static_cast<char>(bits >> shift);
  }
  CHECK(decoded == bytes);
  auto full = sim.call("POST", "/v1/embeddings", key_a, R"({"model":"m","input":"one"})").json();
  CHECK(full["data"][0]["embedding"].Size() == 1536);
}

TEST_CASE("moderations and models answer") {
  running sim;
  auto moderation = sim.call("POST", "/v1/moderations", key_a, R"({"input":["a","b"]})").json();
  CHECK(moderation["results"].Size() == 2);
  CHECK_FALSE(moderation["results"][0]["flagged"].GetBool());
  auto models = sim.call("GET", "/v1/models", key_a).json();
  CHECK(text(models["object"]) == "list");
  CHECK(text(models["data"][0]["id"]) == "gpt-4o");
  CHECK(text(sim.call("GET", "/v1/models/gpt-4o-mini", key_a).json()["id"]) == "gpt-4o-mini");
  CHECK(sim.call("GET", "/v1/models/other", key_a).status == 404);
  auto head = sim.call("HEAD", "/v1/models", key_a);
  CHECK(head.status == 200);
  CHECK(std::stoi(head.header("content-length")) > 0);
}

TEST_CASE("a wrong key is refused with OpenAI's words, which do not repeat it") {
  running sim;
  auto bad = sim.post_chat("sk-abcdefghijklmnopqrstuvwxyz", chat());
  CHECK(bad.status == 401);
  CHECK(bad.body
        == R"({"error":{"message":"Incorrect API key provided: sk-abc***. You can find your API )"
           R"(key at https://platform.openai.com/account/api-keys.",)"
           R"("type":"invalid_request_error","param":null,"code":"invalid_api_key"}})");
  auto none = sim.post_chat({}, chat());
  CHECK(none.status == 401);
  CHECK(none.body.starts_with(R"({"error":{"message":"You didn't provide an API key. )"));
  CHECK(none.body.ends_with(R"("type":"invalid_request_error","param":null,"code":null}})"));
  auto stats = sim.call("GET", "/_sim/stats", {}).json();
  CHECK(stats["unauthorized"].GetInt() == 2);
}

TEST_CASE("any key is accepted where that is wanted, and its name is not the secret") {
  options what;
  what.accept_any_key = true;
  running sim{what};
  CHECK(sim.post_chat("sk-new", chat()).header("x-simulator-key") == "new");
  CHECK(sim.post_chat("other-secret", chat()).header("x-simulator-key") == "key-4");
  CHECK(sim.post_chat("sk-new", chat()).header("x-simulator-key") == "new");
  CHECK(sim.stat("new", "ok") == 2);
  CHECK(sim.post_chat({}, chat()).status == 401);
}

TEST_CASE("requests that make no sense are refused as OpenAI does") {
  options what;
  what.accept_any_model = false;
  running sim{what};
  auto code = [&](std::string_view method, std::string_view target, std::string_view body) {
    auto answer = sim.call(method, target, key_a, body);
    CHECK(answer.body.find(R"("type":"invalid_request_error")") != std::string::npos);
    return answer.status;
  };
  CHECK(code("POST", "/v1/chat/completions", "{nonsense") == 400);
  CHECK(code("POST", "/v1/chat/completions", "{}") == 400);
  CHECK(code("POST", "/v1/chat/completions", R"({"model":"gpt-9","messages":[]})") == 404);
  CHECK(code("GET", "/v1/chat/completions", "") == 405);
  CHECK(code("POST", "/v1/models", "{}") == 405);
  CHECK(code("POST", "/v1/nowhere", "{}") == 404);
  CHECK(code("POST", "/v1/embeddings", R"({"model":"gpt-4o"})") == 400);
  auto error = sim.post_chat(key_a, R"({"model":"gpt-9","messages":[]})").json();
  CHECK(text(error["error"]["code"]) == "model_not_found");
}
