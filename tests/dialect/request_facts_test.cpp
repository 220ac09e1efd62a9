#include "dialect/request_facts.hpp"
#include "dialect/request_scanner.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace keywheel::dialect;

namespace {

using model_in = request_scanner::model_in;

request_facts facts_of(std::string_view body, std::size_t piece, model_in where) {
  request_scanner scanner{where};
  for (std::size_t i = 0; i < body.size(); i += piece)
    scanner.feed(body.substr(i, piece));
  scanner.finish();
  return scanner.facts();
}

/// However the body is cut, the facts are the same.
request_facts facts_of(const std::string& body, model_in where = model_in::path) {
  const request_facts whole = facts_of(body, body.size() + 1, where);
  for (const std::size_t piece : {1UL, 2UL, 3UL, 7UL, 100UL, 1024UL})
    CHECK(facts_of(body, piece, where) == whole);
  for (std::size_t at = 0; at <= std::min<std::size_t>(body.size(), 600); ++at) {
    request_scanner scanner{where};
    scanner.feed(std::string_view{body}.substr(0, at));
    scanner.feed(std::string_view{body}.substr(at));
    scanner.finish();
    if (!(scanner.facts() == whole)) {
      CAPTURE(at, body);
      CHECK(scanner.facts() == whole);
    }
  }
  return whole;
}

std::int64_t tokens_of(const std::string& body) {
  return facts_of(body).prompt_tokens;
}

std::string text_body(const std::string& text) {
  return R"({"messages":[{"content":")" + text + R"("}]})";
}

} // namespace

TEST_CASE("the bound on an answer's tokens is found") {
  struct row {
    const char* body;
    std::optional<std::int64_t> expected;
  };
  for (const row& each : std::vector<row>{
           {R"({})", {}},
           {R"({"max_tokens":100})", 100},
           {R"({"max_tokens":0})", 0},
           {R"({"max_completion_tokens" : 4096 ,"x":1})", 4096},
           {R"({"max_output_tokens":7})", 7},
           {R"({"m\u0061x_tokens":7})", 7},
           {R"({"max_tokens":1,"max_completion_tokens":2})", 2},
           {R"({"max_tokens":99999999999999999999})", 1'000'000'000'000},
           {R"({"generationConfig":{"topK":4,"maxOutputTokens":8}})", 8},
           {R"({"generation_config":{"max_output_tokens":8},"x":{"max_output_tokens":9}})", 8},
           {R"({"generationConfig":{"x":{"maxOutputTokens":8}}})", {}},
           {R"({"generationConfig":[{"maxOutputTokens":8}],"maxOutputTokens":8})", {}},
           {R"({"x":{"max_tokens":1},"y":[{"max_tokens":1}]})", {}},
           {R"({"max_tokens":{"a":5}})", {}},
           {R"({"max_tokens":[5]})", {}},
           {R"({"max_tokens":"5"})", {}},
           {R"({"max_tokens":null,"temperature":5})", {}},
           {R"({"max_tokens":-5})", {}},
           {R"({"max_tokens":1.5})", {}},
           {R"({"max_tokens":0.5})", {}},
           {R"({"max_tokens":1e3})", {}},
       }) {
    CAPTURE(each.body);
    CHECK(facts_of(each.body).max_output_tokens == each.expected);
  }
}

TEST_CASE("stream and the number of answers are found") {
  CHECK_FALSE(facts_of("{}").stream);
  CHECK(facts_of(R"({"stream":true})").stream);
  CHECK_FALSE(facts_of(R"({"stream":false})").stream);
  CHECK_FALSE(facts_of(R"({"stream":"true","x":{"stream":true}})").stream);
  CHECK(facts_of("{}").answers == 1);
  CHECK(facts_of(R"({"n":3})").answers == 3);
  CHECK(facts_of(R"({"n":0})").answers == 1);
  CHECK(facts_of(R"({"generationConfig":{"candidateCount":2}})").answers == 2);
}

TEST_CASE("what the provider is to keep is said by store") {
  CHECK(facts_of("{}").store == std::nullopt);
  CHECK(facts_of(R"({"store":true})").store == true);
  CHECK(facts_of(R"({"store":false})").store == false);
  CHECK(facts_of(R"({"store":null,"x":{"store":true}})").store == std::nullopt);
  CHECK(facts_of(R"({"store":"true"})").store == std::nullopt);
}

TEST_CASE("what a request refers to is found") {
  using ids = std::vector<std::string>;
  struct row {
    std::string body;
    ids expected;
  };
  const std::string longest(request_facts::max_reference, 'r');
  for (
      const row& each : std::vector<row>{
          {R"({"previous_response_id":"resp_1"})", {"resp_1"}},
          {R"({"previous_response_id":null})", {}},
          {R"({"previous_response_id":5})", {}},
          {R"({"previous_response_id":""})", {}},
          {R"({"x":{"previous_response_id":"resp_1"}})", {}},
          {R"({"previous_response_id":"r\u0065sp"})", {"resp"}},
          {R"({"previous_response_id":"\ud83d"})", {}},
          {R"({"conversation":"conv_1"})", {"conv_1"}},
          {R"({"conversation":{"x":"no","id":"conv_1"},"id":"no"})", {"conv_1"}},
          {R"({"conversation":[{"id":"no"}]})", {}},
          {R"({"conversation":{"id":{"id":"no"}}})", {}},
          {R"({"conversation":"c","previous_response_id":"r"})", {"c", "r"}},
          {R"({"previous_response_id":")" + longest + "\"}", {longest}},
          {R"({"previous_response_id":")" + longest + "r\"}", {}},
          {R"({"input_file_id":"file-1"})", {"file-1"}},
          {R"({"training_file":"file-1","validation_file":"file-2"})", {"file-1", "file-2"}},
          // OpenAI
          {R"({"input":[{"content":[{"type":"input_file","file_id":"file-1"}]}]})", {"file-1"}},
          {R"({"messages":[{"content":[{"file":{"file_id":"file-1"}}]}]})", {"file-1"}},
          {R"({"m":[{"file_id":"a"},{"file\u005fid":"b"},{"file_id":"a"}]})", {"a", "b"}},
          {R"({"tools":[{"container":{"file_ids":["a","b"],"x":["c"]}}]})", {"a", "b"}},
          {R"({"tools":[{"file_ids":["a",["b"],{"x":"c"},5,"d"]},"e"]})", {"a", "d"}},
          {R"({"tools":[{"file_ids":"a"}]})", {}},
          // Anthropic
          {R"({"messages":[{"content":[{"source":{"file_id":"file_1"}}]}]})", {"file_1"}},
          // Gemini
          {R"({"cachedContent":"cachedContents/x"})", {"cachedContents/x"}},
          {R"({"generateContentRequest":{"cached_content":"cachedContents/x"}})",
           {"cachedContents/x"}},
          {R"({"contents":[{"parts":[{"fileData":{"fileUri":"https:\/\/g.example\/v1beta\/files\/x"}}]}]})",
           {"files/x"}},
          {R"({"batch":{"input_config":{"file_name":"files/x"}}})", {"files/x"}},
          {R"({"a":{"file_uri":"https://g.example/v1beta/files/x?alt=media"}})", {"files/x"}},
          {R"({"a":{"fileUri":"https://youtu.be/files/x"}})", {}},
          {R"({"a":{"fileUri":"gs://v1beta/files/x/y"}})", {}},
          {R"({"a":{"fileUri":"https://g.example/v1beta/files/"}})", {}},
          {R"({"a":{"fileUri":"profiles/x"}})", {}},
          {R"({"a":{"fileUri":"https://youtu.be/watch?v=1"}})", {}},
          // What is the caller's own.
          {R"({"metadata":{"x":{"file_id":"no"}},"y":{"file_id":"yes"}})", {"yes"}},
          {R"({"m":[{"input":{"file_id":"no"}},{"file_id":"yes"}]})", {"yes"}},
          {R"({"m":[{"args":{"a":[{"file_id":"no"}]},"file_id":"yes"}]})", {"yes"}},
          {R"({"m":[{"content":{"content":[{"file_id":"no"}]}}]})", {}},
          {R"({"file_id":{"file_id":"yes"}})", {"yes"}},
          {R"({"x":{"y":"file_id","z":"no"}})", {}},
          {R"({"x":{"file_identity":"no"}})", {}},
      }) {
    CAPTURE(each.body);
    CHECK(facts_of(each.body).refers == each.expected);
  }
}

TEST_CASE("only so many references are kept") {
  std::string body = R"({"input":[{"file_id":"0"})";
  std::vector<std::string> expected{"0"};
  for (std::size_t i = 1; i <= request_facts::max_refers; ++i) {
    body += R"(,{"file_id":")" + std::to_string(i) + "\"}";
    if (i < request_facts::max_refers)
      expected.push_back(std::to_string(i));
  }
  CHECK(facts_of(body + "]}").refers == expected);
}

TEST_CASE("the prompt's tokens are estimated") {
  CHECK(tokens_of("{}") == 0);
  CHECK(tokens_of(text_body(std::string(400, 'a'))) == 100);
  CHECK(tokens_of(R"({"model":"four","messages":[{"role":"user","content":"12345678"}]})") == 4);
  CHECK(tokens_of(R"({"a name that is long":1})") == 0);
  // An escape is two bytes, whatever it stands for.
  CHECK(tokens_of(text_body(R"(\u4e2d\u6587\n\")")) == 2);
  CHECK(facts_of(R"({"model":"12345678","input":"1234"})", model_in::body).prompt_tokens == 1);
  // Token ids.
  CHECK(tokens_of(R"({"input":[1,-2,30]})") == 3);
  CHECK(tokens_of(R"({"prompt":[[1,2],[3]],"seed":[7,7]})") == 3);
}

TEST_CASE("data is not counted by its bytes") {
  const std::string image(1100, 'A');
  const std::string url = "data:image/png;base64,";
  CHECK(tokens_of(text_body(url + image)) == 800);
  CHECK(tokens_of(text_body(image)) == 800);
  CHECK(tokens_of(text_body("\\/9j\\/4AAQ" + image)) == 800);
  CHECK(tokens_of(R"({"a":[")" + image + R"(",")" + image + R"(","abcd"]})") == 1601);
  CHECK(tokens_of(text_body("two words " + image)) == 277);
  CHECK(tokens_of(text_body(std::string(1024, 'A'))) == 256);
  CHECK(tokens_of(text_body(std::string(1025, 'A'))) == 800);
  CHECK(tokens_of(text_body("data:" + std::string(1019, ' '))) == 256);
  CHECK(tokens_of(text_body(std::string(200, '=') + image)) == 325);
  CHECK(tokens_of(text_body("\\u00e9" + std::string(200, ' ') + image)) == 325);
}

TEST_CASE("the prompt's beginning makes the prefix") {
  const auto prefix = [](const std::string& body) { return facts_of(body).prefix; };
  const std::string system(2000, 's');
  const auto chat = [&](const std::string& rest) {
    return R"({"n":1,"messages":[{"role":"system","content":")" + system + "\"}" + rest + "]}";
  };
  CHECK(prefix("{}") == 0);
  CHECK(prefix(R"({"x":{"messages":[]}})") == 0);
  CHECK(prefix(chat("")) != 0);
  CHECK(prefix(chat(R"(,{"role":"user"})")) == prefix(chat(R"(,{"role":"tool"})")));
  CHECK(prefix(R"({"system":"a","messages":[1]})") == prefix(R"({"system":"a","messages":[2]})"));
  CHECK(prefix(R"({"system":"a"})") == prefix(R"({"x":[],"system": "a","y":2})"));
  CHECK(prefix(R"({"system":"a"})") != prefix(R"({"system":"b"})"));
  for (const char* name : {"system", "systemInstruction", "system_instruction", "instructions",
                           "messages", "input", "prompt", "contents"})
    CHECK(prefix("{\"" + std::string{name} + "\":\"a\"}") == prefix(R"({"system":"a"})"));
  // Each byte counts up to the last of the first 1,024, quote included, and none beyond.
  const std::string text(1100, 'x');
  const auto changed = [&](std::size_t at) {
    std::string other = text;
    other[at] = 'y';
    return prefix(R"({"input":")" + other + "\"}") != prefix(R"({"input":")" + text + "\"}");
  };
  for (const std::size_t at : {0UL, 6UL, 7UL, 8UL, 511UL, 1021UL, 1022UL})
    CHECK(changed(at));
  CHECK_FALSE(changed(1023));
  CHECK_FALSE(changed(1099));
}

TEST_CASE("a prefix is the same in every run on machines of one byte order") {
  CHECK(facts_of(R"({"input":"hello, world"})").prefix == 0xbc5d9a5119c74312);
}

TEST_CASE("with the model in the path the body may be anything") {
  const auto outcome_of = [](std::string_view body) {
    request_scanner scanner{model_in::path};
    scanner.feed(body);
    return scanner.finish();
  };
  using outcome = request_scanner::outcome;
  CHECK(outcome_of(R"({"model":5,"model":"x","max_tokens":5})") == outcome::no_model);
  CHECK(facts_of(R"({"model":5,"model":"x","max_tokens":5})").max_output_tokens == 5);
  CHECK(outcome_of("--boundary\r\n") == outcome::malformed);
  CHECK(facts_of("--boundary\r\n") == request_facts{});
  CHECK(facts_of("") == request_facts{});
  CHECK(facts_of(R"({"max_tokens":5,"messages":[oops)").max_output_tokens == 5);
  request_scanner scanner;
  scanner.reset(model_in::path);
  scanner.feed(R"({"model":5,"stream":true})");
  CHECK(scanner.finish() == outcome::no_model);
  scanner.reset();
  CHECK(scanner.facts() == request_facts{});
  scanner.feed(R"({"model":5})");
  CHECK(scanner.finish() == outcome::not_a_string);
}
