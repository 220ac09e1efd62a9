#include "dialect/route.hpp"
#include "tests/catch.hpp"

using namespace keywheel::dialect;
using format = route::body_format;

TEST_CASE("a content type announces the format of a body") {
  CHECK(body_format_of("multipart/form-data; boundary=b") == format::form);
  CHECK(body_format_of(" Multipart/Form-Data ;boundary=b") == format::form);
  CHECK(body_format_of("application/json") == format::json);
  CHECK(body_format_of("APPLICATION/JSON; charset=utf-8") == format::json);
  for (const std::string_view other :
       {"", ";", "multipart/mixed; boundary=b", "multipart/form-datax", "application/jsonl",
        "text/plain; x=application/json"}) {
    CAPTURE(other);
    CHECK_FALSE(body_format_of(other));
  }
}

TEST_CASE("a model's name is written into a body as the body has it") {
  const route chat = route_of("POST", "/v1/chat/completions");
  const route speech = route_of("POST", "/v1/audio/transcriptions");
  CHECK(model_in_body(chat, "a\"b") == R"("a\"b")");
  CHECK(model_in_body(speech, "a\"b") == "a\"b");
}

TEST_CASE("a body of Gemini's names its model with the collection") {
  const route cache = route_of("POST", "/v1beta/cachedContents");
  const route chat = route_of("POST", "/v1/chat/completions");
  const route method = route_of("POST", "/v1beta/models/models%2Fg:countTokens");
  CHECK(model_from_body(cache, "models/flash") == "flash");
  CHECK(model_from_body(cache, "flash") == "flash");
  CHECK(model_from_body(chat, "models/flash") == "models/flash");
  CHECK(model_from_body(method, "models/g") == "models/g");
  CHECK(model_in_body(cache, "g-2.5") == R"("models/g-2.5")");
}
