#include "dialect/error_body.hpp"
#include "tests/catch.hpp"

using namespace keywheel::dialect;

TEST_CASE("one error in many shapes") {
  for (const std::string_view text :
       {R"({"error":{"code":"c","type":"t","message":"m"}})",
        R"([{"error":{"code":"c","type":"t","message":"m"}}])",
        R"({"type":"error","error":{"code":"c","type":"t","message":"m"},"request_id":"1"})",
        R"({"code":"c","type":"t","message":"m","request_id":"1"})",
        R"({"error":{"error":{"code":"c","type":"t","message":"m"}}})",
        R"({"detail":{"code":"c","type":"t","message":"m"}})",
        R"({"type":"response.failed","response":{"error":{"code":"c","type":"t","message":"m"}}})",
        R"({"choices":[{"error":{"code":"c","type":"t","message":"m"}}]})",
        R"({"code":"c","type":"t","error":"m"})",
        "\r\n {\"error\":{\"code\":\"c\",\"type\":\"t\",\"message\":\"m\"}} trailing",
        "data: {\"error\":{\"code\":\"c\",\"type\":\"t\",\"message\":\"m\"}}\n\ndata: "
        "[DONE]\n\n"}) {
    CAPTURE(text);
    const error_body body = read_error_body(text);
    CHECK(body.code == "c");
    CHECK(body.type == "t");
    CHECK(body.message == "m");
    CHECK(body.text.empty());
  }
}

TEST_CASE("an error may be a bare string") {
  CHECK(read_error_body(R"({"error":"m"})").message == "m");
  CHECK(read_error_body(R"({"detail":"m"})").message == "m");
  CHECK(read_error_body(R"("m")").message == "m");
}

TEST_CASE("what validators say is a message and a type") {
  const error_body body =
      read_error_body(R"({"detail":[{"type":"missing","loc":["body"],"msg":"Field required"}]})");
  CHECK(body.type == "missing");
  CHECK(body.message == "Field required");
}

TEST_CASE("codes may be integers, and then are statuses inside a stream") {
  error_body body =
      read_error_body(R"({"error":{"code":503,"message":"m","status":"UNAVAILABLE"}})");
  CHECK(body.code == "503");
  CHECK(body.status == "UNAVAILABLE");
  CHECK(body.http_status == 503);
  body = read_error_body(R"({"error":{"code":1302}})");
  CHECK(body.code == "1302");
  CHECK(body.http_status == 0);
  body = read_error_body("id:1\nevent:error\n:HTTP_STATUS/400\ndata:{\"code\":\"X\"}\n\n");
  CHECK(body.code == "X");
  CHECK(body.http_status == 400);
  CHECK(read_error_body(R"({"error":{"code":null}})").code.empty());
}

TEST_CASE("details of Google, Anthropic and OpenRouter") {
  const error_body google = read_error_body(
      R"({"error":{"details":[{"reason":"R"},{"violations":[{"quotaId":"A"},{"quotaId":"B"}]},)"
      R"({"retryDelay":"29s"}]}})");
  CHECK(google.reason == "R");
  CHECK(google.quota_ids == std::vector<std::string>{"A", "B"});
  CHECK(google.retry_delay == "29s");
  CHECK(read_error_body(R"({"error":{"details":{"error_code":"e"}}})").detail_code == "e");
  const error_body router = read_error_body(
      R"({"error":{"metadata":{"error_type":"t","limit_source":"l","reason":"r","provider_name":"p",)"
      R"("reasons":["x"],"headers":{"X-RateLimit-Reset":"7"}},)"
      R"("availability":{"code":"a","retry_after":1.5}}})");
  CHECK(router.error_type == "t");
  CHECK(router.limit_source == "l");
  CHECK(router.reason == "r");
  CHECK(router.other_provider);
  CHECK(router.moderated);
  CHECK(router.resets_at == "7");
  CHECK(router.availability == "a");
  CHECK(router.retry_after == "1.500000");
  const error_body nobody = read_error_body(
      R"({"error":{"metadata":{"provider_name":null,"reasons":[],"flagged_input":""}}})");
  CHECK_FALSE(nobody.other_provider);
  CHECK_FALSE(nobody.moderated);
}

TEST_CASE("what is no JSON is text, unless it is HTML or broken") {
  CHECK(read_error_body(" error code: 1010\n").text == "error code: 1010");
  CHECK(read_error_body("<html>insufficient_quota</html>").text.empty());
  CHECK(read_error_body(R"({"error":{"code":"c")").code.empty());
  CHECK(read_error_body(std::string(10'000, 'x')).text.size() == max_message);
  CHECK(read_error_body("").text.empty());
}

TEST_CASE("a body may be 64 deep") {
  const auto nested = [](std::size_t depth) {
    return R"({"code":"c","x":)" + std::string(depth - 1, '[') + R"("[[\"[[")"
           + std::string(depth - 1, ']') + "}";
  };
  CHECK(read_error_body(nested(64)).code == "c");
  CHECK(read_error_body(nested(65)).code.empty());
}

TEST_CASE("names of AWS errors come decorated") {
  CHECK(aws_error_name("ThrottlingException") == "ThrottlingException");
  CHECK(aws_error_name("com.amazon.x#ThrottlingException:http://y/#z") == "ThrottlingException");
  CHECK(aws_error_name(":").empty());
  CHECK(aws_error_name("").empty());
}

TEST_CASE("no message is longer than what is looked at") {
  const std::string body = R"({"error":{"message":")" + std::string(50'000, 'x') + "\"}}";
  CHECK(read_error_body(body).message.size() == max_message);
}
