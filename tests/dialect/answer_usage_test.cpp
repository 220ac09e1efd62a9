#include "tests/catch.hpp"
#include "tests/dialect/answer.hpp"

#include <algorithm>
#include <string>
#include <string_view>

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;

namespace {

struct row {
  const char* what;
  std::string body;
  usage expected;
};

// Bodies as in PROVIDERS §8.
const row rows[] = {
    {"chat",
     R"({"choices":[{"message":{"content":"\"usage\":{\"prompt_tokens\":1}"}}],"usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":8,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":4}}})",
     {19, 8, 10, 4, true}},
    {"xai: output is without reasoning",
     R"({"usage":{"prompt_tokens":14,"completion_tokens":2,"total_tokens":116,"completion_tokens_details":{"reasoning_tokens":100}}})",
     {14, 0, 102, 100, true}},
    {"deepseek",
     R"({"usage":{"prompt_tokens":20,"completion_tokens":5,"total_tokens":25,"prompt_cache_hit_tokens":12,"prompt_cache_miss_tokens":8}})",
     {20, 12, 5, 0, true}},
    {"mistral",
     R"({"usage":{"prompt_tokens":20,"completion_tokens":5,"total_tokens":25,"num_cached_tokens":16}})",
     {20, 16, 5, 0, true}},
    {"moonshot",
     R"({"usage":{"prompt_tokens":20,"completion_tokens":5,"total_tokens":25,"cached_tokens":10}})",
     {20, 10, 5, 0, true}},
    {"groq",
     R"({"x_groq":{"usage":{"prompt_tokens":3,"completion_tokens":4}}})",
     {3, 0, 4, 0, true}},
    {"responses",
     R"({"output":[{"content":[]}],"usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":5},"output_tokens":87,"output_tokens_details":{"reasoning_tokens":60},"total_tokens":123},"user":null})",
     {36, 5, 87, 60, true}},
    {"anthropic",
     R"({"content":[],"usage":{"input_tokens":25,"cache_creation_input_tokens":3,"cache_read_input_tokens":100,"output_tokens":15}})",
     {128, 100, 15, 0, true}},
    {"anthropic: nulls",
     R"({"usage":{"input_tokens":25,"cache_creation_input_tokens":null,"cache_read_input_tokens":null,"output_tokens":15}})",
     {25, 0, 15, 0, true}},
    {"gemini",
     R"({"usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":4,"candidatesTokenCount":20,"thoughtsTokenCount":30,"toolUsePromptTokenCount":2,"totalTokenCount":62}})",
     {12, 4, 50, 30, true}},
    {"cohere",
     R"({"usage":{"billed_units":{"input_tokens":5,"output_tokens":7},"tokens":{"input_tokens":71.0,"output_tokens":7.0},"cached_tokens":64}})",
     {71, 64, 7, 0, true}},
    {"dashscope, its own API",
     R"({"usage":{"input_tokens":22,"output_tokens":17,"total_tokens":39,"prompt_tokens_details":{"cached_tokens":2,"cache_creation_input_tokens":20}}})",
     {22, 2, 17, 0, true}},
    {"bedrock",
     R"({"usage":{"inputTokens":5,"outputTokens":6,"cacheReadInputTokens":7,"cacheWriteInputTokens":8,"totalTokens":26}})",
     {20, 7, 6, 0, true}},
    {"ollama", R"({"done":true,"prompt_eval_count":26,"eval_count":298})", {26, 0, 298, 0, true}},
    {"embeddings",
     R"({"data":[{"embedding":[0.1,-2e-3]}],"usage":{"prompt_tokens":8,"total_tokens":8}})",
     {8, 0, 0, 0, true}},
    {"zero counts", R"({"usage":{"prompt_tokens":0}})", {0, 0, 0, 0, true}},
    {"spaces", "{ \"usage\" : {\n\"prompt_tokens\" :\t8 } , \"a\" : 1 }", {8, 0, 0, 0, true}},
    {"cut behind the usage", R"({"usage":{"prompt_tokens":8},"data":[{"emb)", {8, 0, 0, 0, true}},
    {"cut inside the usage", R"({"usage":{"prompt_tokens":8})", {}},
    {"null", R"({"usage":null})", {}},
    {"only deeper", R"({"data":{"usage":{"prompt_tokens":8}}})", {}},
    {"an array", R"([{"usage":{"prompt_tokens":8}}])", {}},
    {"a string of that name", R"({"a":"usage","b":{"prompt_tokens":8}})", {}},
    {"not a count",
     R"({"usage":{"prompt_tokens":"8","completion_tokens":-1,"total_tokens":1e300}})",
     {}},
    {"counting is not using", R"({"input_tokens":14})", {}},
    {"garbage", "<html>usage</html>", {}},
};

std::string with_usage_of(std::size_t size) {
  const std::string frame = R"({"prompt_tokens":8,"x":""})";
  return R"({"a":[1],"usage":{"prompt_tokens":8,"x":")" + std::string(size - frame.size(), 'x')
         + R"("},"b":2})";
}

} // namespace

TEST_CASE("tokens are counted in plain answers of all providers") {
  for (const auto& one : rows) {
    CAPTURE(one.what, one.body);
    CHECK(read_whole(json, one.body) == read_answer{true, false, "", true, one.expected});
    CHECK(read_bytes(json, one.body).used == one.expected);
    for (std::size_t at = 1; at < one.body.size(); ++at)
      if (!(read_cut(json, one.body, {at}).used == one.expected)) {
        CAPTURE(at);
        CHECK(read_cut(json, one.body, {at}).used == one.expected);
      }
  }
}

TEST_CASE("tokens are counted alike in an event") {
  for (const auto& one : rows) {
    if (std::string_view{one.what}.starts_with("cut") || one.body.front() != '{')
      continue;
    std::string body = one.body;
    std::replace(body.begin(), body.end(), '\n', ' ');
    CAPTURE(one.what, body);
    CHECK(read_whole(sse, "data: 1\n\ndata: " + body + "\n\n").used == one.expected);
  }
}

TEST_CASE("a plain answer's usage is held up to a bound") {
  const std::size_t name = std::string_view{"\"usage\":"}.size();
  const usage counted{8, 0, 0, 0, true};
  CHECK(read_whole(json, with_usage_of(top_members::max_held - name - 1)).used == counted);
  CHECK(read_whole(json, with_usage_of(top_members::max_held - name)).used == usage{});
  CHECK(read_bytes(json, with_usage_of(top_members::max_held - name - 1)).used == counted);
  CHECK(read_bytes(json, with_usage_of(top_members::max_held - name)).used == usage{});
}

TEST_CASE("usage stands behind much else") {
  std::string body = R"({"data":[)";
  for (int i = 0; i < 50'000; ++i)
    body += R"({"embedding":[0.25,-0.5],"text":"\\\"{["},)";
  body += R"({}],"usage":{"prompt_tokens":8}})";
  CHECK(read_whole(json, body).used == usage{8, 0, 0, 0, true});
}

TEST_CASE("counts are cumulative, and a zero is no count") {
  const std::string first = "data: {\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}\n\n";
  const std::string second = "data: {\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":9}}\n\n";
  CHECK(read_whole(sse, first + second).used == usage{5, 0, 9, 0, true});
}
