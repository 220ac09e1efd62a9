#include "dialect/signal_table.hpp"
#include "tests/catch.hpp"

#include <vector>

using namespace keywheel::dialect;

TEST_CASE("every table has a word of its own") {
  for (int i = 0; i <= static_cast<int>(signal_table::generic); ++i) {
    const auto which = static_cast<signal_table>(i);
    CHECK(signal_table_from_string(to_string(which)) == which);
  }
  CHECK(to_string(signal_table::openai) == "openai");
  CHECK(to_string(signal_table::openrouter) == "openrouter");
  CHECK(to_string(signal_table::generic) == "generic");
  CHECK_FALSE(signal_table_from_string("Groq").has_value());
  CHECK_FALSE(signal_table_from_string("").has_value());
}

TEST_CASE("a provider's host says whose way it speaks") {
  struct row {
    std::string_view url;
    signal_table expected;
  };
  for (const row& each : std::vector<row>{
           {"https://api.openai.com/v1", signal_table::openai},
           {"https://API.OpenAI.com:443/v1", signal_table::openai},
           {"https://eu.api.openai.com/v1", signal_table::openai},
           {"https://res.openai.azure.com/openai/v1", signal_table::azure},
           {"https://api.anthropic.com", signal_table::anthropic},
           {"https://generativelanguage.googleapis.com/v1beta/openai", signal_table::gemini},
           {"https://us-east1-aiplatform.googleapis.com/v1", signal_table::gemini},
           {"https://aiplatform.googleapis.com/v1", signal_table::gemini},
           {"https://api.mistral.ai/v1", signal_table::mistral},
           {"https://api.groq.com/openai/v1", signal_table::groq},
           {"https://api.deepseek.com", signal_table::deepseek},
           {"https://api.together.xyz/v1", signal_table::together},
           {"https://api.together.ai/v1", signal_table::together},
           {"https://openrouter.ai/api/v1", signal_table::openrouter},
           {"https://api.x.ai/v1", signal_table::xai},
           {"https://api.cohere.com", signal_table::cohere},
           {"https://api.moonshot.ai/v1", signal_table::moonshot},
           {"https://api.moonshot.cn/v1", signal_table::moonshot},
           {"https://open.bigmodel.cn/api/paas/v4", signal_table::zhipu},
           {"https://api.z.ai/api/paas/v4", signal_table::zhipu},
           {"https://dashscope-intl.aliyuncs.com/compatible-mode/v1", signal_table::dashscope},
           {"https://dashscope.aliyuncs.com/api/v1", signal_table::dashscope},
           {"https://bedrock-runtime.us-east-1.amazonaws.com", signal_table::bedrock},
           {"http://127.0.0.1:8000/v1", signal_table::generic},
           {"http://localhost:8000/v1", signal_table::generic},
           {"http://[::1]:8000/v1", signal_table::generic},
           {"https://api.openai.com.example/v1", signal_table::generic},
           {"https://example/api.openai.com", signal_table::generic},
           {"https://api.openai.com@example/v1", signal_table::generic},
           {"https://openai.azure.com/x", signal_table::generic},
           {"", signal_table::generic},
       }) {
    CAPTURE(each.url);
    CHECK(signal_table_for(kind::openai, each.url) == each.expected);
  }
}

TEST_CASE("elsewhere the dialect says it") {
  const std::string_view unknown = "http://127.0.0.1:8000";
  CHECK(signal_table_for(kind::anthropic, unknown) == signal_table::anthropic);
  CHECK(signal_table_for(kind::gemini, unknown) == signal_table::gemini);
  CHECK(signal_table_for(kind::azure, unknown) == signal_table::azure);
  CHECK(signal_table_for(kind::openai, unknown) == signal_table::generic);
  CHECK(signal_table_for(kind::anthropic, "https://openrouter.ai/api") == signal_table::openrouter);
}
