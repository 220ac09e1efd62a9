#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"
#include "tools/simulator/multipart.hpp"

using namespace keywheel::simulator;
using namespace simulator_test;

namespace {

std::string part(std::string_view name, std::string_view content, std::string_view more = {}) {
  std::string result = "--XX\r\nContent-Disposition: form-data; name=\"";
  return result.append(name)
      .append("\"")
      .append(more)
      .append("\r\n\r\n")
      .append(content)
      .append("\r\n");
}

std::string form(std::string_view model) {
  return part("file", "RIFF\r\n\r\nbytes", "; filename=\"a.wav\"") + part("model", model)
         + "--XX--\r\n";
}

response post_form(running& sim, std::string_view target, std::string_view key,
                   const std::string& body) {
  return sim.call_with("Authorization: Bearer " + std::string{key}
                           + "\r\nContent-Type: multipart/form-data; boundary=XX",
                       "POST", target, body);
}

/// Two keys of one organisation and one of another.
options two_organizations() {
  options result;
  result.keys = default_keys(3);
  result.keys[0].organization = result.keys[1].organization = "org-1";
  return result;
}

constexpr std::string_view key_c = "sk-sim-key-c";

} // namespace

TEST_CASE("the parts of a form are found, and only in a whole form") {
  auto body = form("whisper-1");
  auto parts = form_parts("multipart/form-data; boundary=\"XX\"", body);
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].name == "file");
  CHECK(parts[0].filename == "a.wav");
  CHECK(parts[0].content == "RIFF\r\n\r\nbytes");
  CHECK(find_part(parts, "model")->content == "whisper-1");
  CHECK(find_part(parts, "prompt") == nullptr);
  for (std::size_t size = 0; size + 3 < body.size(); ++size)
    CHECK(form_parts("multipart/form-data; boundary=XX", body.substr(0, size)).empty());
  CHECK(form_parts("multipart/form-data", body).empty());
  CHECK(form_parts("application/json; boundary=XX", body).empty());
  CHECK(form_parts("multipart/form-data; boundary=YY", body).empty());
}

TEST_CASE("forms name their model in a field") {
  options what;
  what.accept_any_model = false;
  what.models = {"whisper-1"};
  running sim{what};
  auto answer = post_form(sim, "/v1/audio/transcriptions", key_a, form("whisper-1"));
  CHECK(answer.status == 200);
  CHECK(text(answer.json()["text"]) == "Hello from sim-key-a, request 1: a.wav");
  CHECK(post_form(sim, "/v1/audio/translations", key_a, form("whisper-2")).status == 404);
  CHECK(post_form(sim, "/v1/audio/translations", key_a, "no form").status == 400);
  CHECK(post_form(sim, "/v1/images/edits", key_a, form("whisper-1")).json()["data"].Size() == 1);
}

TEST_CASE("images, speech and rankings answer in their own shape") {
  running sim;
  auto images =
      sim.call("POST", "/v1/images/generations", key_a, R"({"model":"m","prompt":"a cat","n":2})");
  CHECK(images.json()["data"].Size() == 2);
  auto speech = sim.call("POST", "/v1/audio/speech", key_a,
                         R"({"model":"m","input":"hello","voice":"alloy"})");
  CHECK(speech.header("content-type") == "audio/mpeg");
  CHECK(speech.body.starts_with("ID3"));
  auto ranking = sim.call("POST", "/v1/rerank", key_a,
                          R"({"model":"m","query":"q","documents":["a",{"text":"b"},"c"],)"
                          R"("top_n":2})")
                     .json();
  REQUIRE(ranking["results"].Size() == 2);
  CHECK(ranking["results"][0]["relevance_score"].GetDouble() == 0.999);
}

TEST_CASE("a file belongs to the organisation that uploaded it") {
  running sim{two_organizations()};
  auto upload =
      part("purpose", "batch") + part("file", "{}\n", "; filename=\"in.jsonl\"") + "--XX--\r\n";
  auto made = post_form(sim, "/v1/files", key_a, upload);
  CHECK(scrubbed(made.body)
        == R"({"object":"file","id":"file-ID","purpose":"batch","filename":"in.jsonl","bytes":3,)"
           R"("created_at":0,"expires_at":null,"status":"processed","status_details":null})");
  auto path = "/v1/files/" + std::string{text(made.json()["id"])};
  CHECK(sim.call("GET", path, key_b).body == made.body); // the same organisation
  auto foreign = sim.call("GET", path, key_c);
  CHECK(foreign.status == 404);
  CHECK(scrubbed(foreign.body)
        == R"({"error":{"message":"No such File object: file-ID","type":"invalid_request_error",)"
           R"("param":"id","code":null}})");
  CHECK(sim.call("GET", "/v1/files", key_b).json()["data"].Size() == 1);
  CHECK(sim.call("GET", "/v1/files", key_c).json()["data"].Empty());
  CHECK(sim.call("DELETE", path, key_c).status == 404);
  CHECK(scrubbed(sim.call("DELETE", path, key_a).body)
        == R"({"id":"file-ID","object":"file","deleted":true})");
  CHECK(sim.call("GET", path, key_a).status == 404);
  CHECK(post_form(sim, "/v1/files", key_a, part("purpose", "x") + "--XX--\r\n").status == 400);
}

TEST_CASE("a response belongs to the organisation that made it") {
  running sim{two_organizations()};
  auto ask = [](std::string_view previous) {
    return R"({"model":"m","input":"x","previous_response_id":")" + std::string{previous} + "\"}";
  };
  auto made = sim.call("POST", "/v1/responses", key_a, R"({"model":"m","input":"x"})");
  std::string id{text(made.json()["id"])};
  CHECK(sim.call("GET", "/v1/responses/" + id, key_b).body == made.body);
  CHECK(sim.call("POST", "/v1/responses", key_b, ask(id)).status == 200);
  auto foreign = sim.call("POST", "/v1/responses", key_c, ask(id));
  CHECK(foreign.status == 400);
  CHECK(scrubbed(foreign.body)
        == R"({"error":{"message":"Previous response with id 'resp_ID' not found.",)"
           R"("type":"invalid_request_error","param":"previous_response_id",)"
           R"("code":"previous_response_not_found"}})");
  CHECK(sim.stat("sim-key-c", "admitted") == 0);
  CHECK(sim.call("GET", "/v1/responses/" + id, key_c).status == 404);
  CHECK(sim.call("DELETE", "/v1/responses/" + id, key_b).status == 200);
  CHECK(sim.call("POST", "/v1/responses", key_a, ask(id)).status == 400);
}

TEST_CASE("OpenAI's usage shows cached and reasoning tokens when asked to") {
  running sim;
  auto usage = sim.call_with("Authorization: Bearer sk-sim-key-a\r\nx-simulator-cached: 7\r\n"
                             "x-simulator-reasoning: 4",
                             "POST", "/v1/chat/completions", chat())
                   .json();
  CHECK(usage["usage"]["prompt_tokens"].GetInt() == 8);
  CHECK(usage["usage"]["prompt_tokens_details"]["cached_tokens"].GetInt() == 7);
  CHECK(usage["usage"]["completion_tokens"].GetInt() == 10);
  CHECK(usage["usage"]["completion_tokens_details"]["reasoning_tokens"].GetInt() == 4);
}
