#include "front/intake.hpp"
#include "tests/catch.hpp"

#include <vector>

using namespace keywheel;
using front::origin;

namespace {

config::snapshot build_house() {
  auto result = std::make_shared<config::config>();
  config::provider_config openai;
  openai.name = "openai";
  openai.base_url = "https://api.openai.com/v1";
  config::provider_config anthropic;
  anthropic.name = "anthropic";
  anthropic.dialect = dialect::kind::anthropic;
  anthropic.base_url = "https://api.anthropic.com";
  config::provider_config gemini;
  gemini.name = "gemini";
  gemini.dialect = dialect::kind::gemini;
  gemini.base_url = "https://generativelanguage.googleapis.com/v1beta";
  result->providers = {{"openai", openai}, {"anthropic", anthropic}, {"gemini", gemini}};
  config::model_config gpt;
  gpt.name = "gpt-4o";
  gpt.provider = "openai";
  config::model_config embedding;
  embedding.name = "text-embedding-*";
  embedding.provider = "openai";
  config::model_config claude;
  claude.name = "claude";
  claude.provider = "anthropic";
  config::model_config flash;
  flash.name = "flash";
  flash.provider = "gemini";
  result->models = {gpt, embedding, claude, flash};
  return result;
}

/// One for all tests: an order points into its configuration.
const config::snapshot& house() {
  static const auto result = build_house();
  return result;
}

struct request {
  std::string method = "POST";
  std::string target = "/v1/chat/completions";
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  origin from = origin::loopback;
};

std::variant<front::order, http::response> take(const request& what,
                                                config::snapshot config = house()) {
  front::intake intake{std::move(config)};
  http::request_head head;
  head.method = what.method;
  head.target = what.target;
  for (const auto& [name, value] : what.headers)
    head.headers.add(name, value);
  if (auto answer = intake.begin(std::move(head), what.body.size(), what.from, "req_fresh"))
    return std::move(*answer);
  for (char c : what.body)
    intake.feed({&c, 1});
  return intake.finish();
}

http::response answer_to(const request& what) {
  return std::get<http::response>(take(what));
}
front::order order_of(const request& what) {
  return std::get<front::order>(take(what));
}

/// A field of a form whose boundary is "b".
std::string field(const std::string& name, const std::string& value) {
  return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}

const std::string audio = "--b\r\nContent-Disposition: form-data; name=\"file\"; "
                          "filename=\"a.wav\"\r\n\r\nRIFF \"model\"\r\n";
const std::vector<std::pair<std::string, std::string>> form{
    {"Content-Type", "multipart/form-data; boundary=b"}};

} // namespace

TEST_CASE("a chat request becomes an order") {
  const std::string body = R"({"messages":[{"model":"not this"}], "model" : "gpt-4o"})";
  const auto order = order_of({.body = body,
                               .headers = {{"Authorization", "Bearer the-caller's-own"},
                                           {"Content-Type", "application/json"},
                                           {"Connection", "keep-alive"}}});
  CHECK(order.model == "gpt-4o");
  CHECK(order.entry->name == "gpt-4o");
  CHECK(order.body->text() == body);
  CHECK(body.substr(order.model_begin, order.model_end - order.model_begin) == "\"gpt-4o\"");
  CHECK(order.headers.contains("content-type"));
  CHECK_FALSE(order.headers.contains("authorization"));
  CHECK_FALSE(order.headers.contains("connection"));
}

TEST_CASE("an order knows what its body says about its cost") {
  const auto chat = order_of({.body = R"({"model":"gpt-4o","stream":true,"max_tokens":50,)"
                                      R"("messages":[{"content":"12345678"}]})"});
  CHECK(chat.facts.stream);
  CHECK(chat.facts.max_output_tokens == 50);
  CHECK(chat.facts.prompt_tokens == 2);
  CHECK(chat.facts.prefix != 0);
}

TEST_CASE("a body is read for its cost where the path names the model, too") {
  const std::string body = R"({"model":5,"contents":["12345678"],"generationConfig":)"
                           R"({"maxOutputTokens":7}})";
  const auto of = [](std::string method, std::string text) {
    return order_of({.target = "/v1beta/models/flash:" + method, .body = std::move(text)});
  };
  const auto plain = of("generateContent", body);
  CHECK(plain.model == "flash");
  CHECK(plain.model_end == 0);
  CHECK(plain.facts.prompt_tokens == 2);
  CHECK(plain.facts.max_output_tokens == 7);
  CHECK_FALSE(plain.facts.stream);
  CHECK(of("streamGenerateContent?alt=sse", body).facts.stream);
  const auto other = of("generateContent", "no JSON");
  CHECK(other.body->text() == "no JSON");
  CHECK(other.facts == dialect::request_facts{});
}

TEST_CASE("a name that fits a pattern is an order under that pattern") {
  const auto order = order_of(
      {.target = "/v1/embeddings", .body = R"({"model":"text-embedding-3-small","input":"x"})"});
  CHECK(order.model == "text-embedding-3-small");
  CHECK(order.entry->name == "text-embedding-*");
}

TEST_CASE("what cannot be an order is answered at once") {
  struct row {
    request what;
    unsigned status;
    const char* code;
  };
  const auto deep = R"({"model":"gpt-4o","x":)" + std::string(300, '[');
  const row rows[] = {
      {{.body = R"({"model":"gpt-5"})"}, 404, "unknown_model"},
      {{.body = R"({"messages":[]})"}, 400, "bad_request"},
      {{.body = R"({"model":7})"}, 400, "bad_request"},
      {{.body = R"({"model":"gpt-4o","model":"o3"})"}, 400, "bad_request"},
      {{.body = R"({"model":"gpt-4o")"}, 400, "bad_request"},
      {{.body = R"(["model"])"}, 400, "bad_request"},
      {{.body = deep}, 400, "bad_request"},
      {{.body = ""}, 400, "bad_request"},
      {{.body = R"({"model":"claude"})"}, 400, "bad_request"},
      {{.target = "/v1/nothing", .body = "{}"}, 404, "not_found"},
      {{.method = "GET"}, 405, "method_not_allowed"},
      {{.body = R"({"model":"gpt-4o"})", .from = origin::elsewhere}, 401, "not_authorized"},
  };
  for (const auto& row : rows) {
    const auto answer = answer_to(row.what);
    CAPTURE(row.what.body, answer.body);
    CHECK(answer.head.status == row.status);
    CHECK(answer.body.find(row.code) != std::string::npos);
    CHECK(answer.head.headers.find("x-request-id") == "req_fresh");
  }
  CHECK(answer_to({.method = "GET"}).head.headers.find("allow") == "POST");
}

TEST_CASE("the model of a form is found between its files") {
  const auto order = order_of({.target = "/v1/audio/transcriptions",
                               .body = audio + field("model", "gpt-4o") + "--b--\r\n",
                               .headers = form});
  CHECK(order.model == "gpt-4o");
  CHECK(order.model_begin == order.body->text().find("gpt-4o"));
  CHECK(order.model_end == order.model_begin + 6);
  CHECK(order.route.body == dialect::route::body_format::form);
  CHECK(order.headers.find("content-type") == "multipart/form-data; boundary=b");
  CHECK(order.facts == dialect::request_facts{});
}

TEST_CASE("what takes a form may take JSON") {
  const auto order = order_of({.target = "/v1/images/edits",
                               .body = R"({"model":"gpt-4o"})",
                               .headers = {{"Content-Type", "application/json; charset=utf-8"}}});
  CHECK(order.model == "gpt-4o");
  CHECK(order.model_end - order.model_begin == 8);
  CHECK(order.route.body == dialect::route::body_format::json);
}

TEST_CASE("a form without a model to call is a bad request") {
  struct row {
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string says;
    unsigned status = 400;
  };
  const std::string good = field("model", "gpt-4o") + "--b--";
  for (const auto& row : std::vector<row>{
           {{}, good, "content-type"},
           {{{"Content-Type", "text/plain"}}, good, "content-type"},
           {{form[0], {"Content-Type", "multipart/form-data; boundary=c"}}, good, "content-type"},
           {{{"Content-Type", "multipart/form-data"}}, good, "boundary"},
           {{{"Content-Type", "multipart/form-data; boundary=\"\""}}, good, "boundary"},
           {{{"Content-Type", "multipart/form-data; boundary=c"}}, good, "see byte"},
           {form, "", "see byte 0"},
           {form, field("model", "gpt-4o"), "see byte"},
           {form, audio + "--b--", "no field"},
           {form, field("model", "") + "--b--", "must be text of 1 to 512 bytes"},
           {form, field("model", "a") + field("model", "b") + "--b--", "twice"},
           {form, field("model", "gpt-5") + "--b--", "unknown_model", 404},
           {form, field("model", "claude") + "--b--", "speaks anthropic"}}) {
    CAPTURE(row.says, row.body);
    const auto answer =
        answer_to({.target = "/v1/audio/transcriptions", .body = row.body, .headers = row.headers});
    CHECK(answer.head.status == row.status);
    CHECK(answer.body.find(row.says) != std::string::npos);
    if (row.status == 400)
      CHECK(answer.body.find("bad_request") != std::string::npos);
  }
}

TEST_CASE("an error speaks the caller's dialect") {
  const auto answer = answer_to({.target = "/v1/messages", .body = R"({"model":"nobody"})"});
  CHECK(answer.head.status == 404);
  CHECK(answer.body.find(R"("type":"error")") != std::string::npos);
}

TEST_CASE("OPTIONS says what a path takes") {
  const auto answer = answer_to({.method = "OPTIONS"});
  CHECK(answer.head.status == 204);
  CHECK(answer.head.headers.find("allow") == "POST, OPTIONS");
  CHECK(answer.body.empty());
}

TEST_CASE("models are listed by name, and a name under a pattern can be asked for") {
  const auto all = answer_to({.method = "GET", .target = "/v1/models"});
  CHECK(all.head.status == 200);
  CHECK(all.body.find("gpt-4o") != std::string::npos);
  CHECK(all.body.find('*') == std::string::npos);
  CHECK(answer_to({.method = "GET", .target = "/v1/models/text-embedding-3-large"}).head.status
        == 200);
  CHECK(answer_to({.method = "GET", .target = "/v1/models/gpt-5"}).head.status == 404);
}

TEST_CASE("a client sees and uses the models it may") {
  auto config = std::make_shared<config::config>(*house());
  config->clients.push_back({"ci", config::secret{"token-0123456789"}, {"text-*"}});
  const std::vector<std::pair<std::string, std::string>> headers{
      {"Authorization", "Bearer token-0123456789"}};
  const auto refused = take({.body = R"({"model":"gpt-4o"})", .headers = headers}, config);
  CHECK(std::get<http::response>(refused).head.status == 403);
  const auto list = take({.method = "GET", .target = "/v1/models", .headers = headers}, config);
  CHECK(std::get<http::response>(list).body.find("gpt-4o") == std::string::npos);
  const auto taken = take(
      {.target = "/v1/embeddings", .body = R"({"model":"text-embedding-x"})", .headers = headers},
      config);
  CHECK(std::holds_alternative<front::order>(taken));
}

TEST_CASE("a request id is taken over if it is one") {
  const auto id_of = [](const std::string& given) {
    const auto answer = answer_to({.target = "/nothing", .headers = {{"X-Request-Id", given}}});
    return std::string{answer.head.headers.find("x-request-id").value_or("")};
  };
  CHECK(id_of("trace-1_2.3") == "trace-1_2.3");
  CHECK(id_of("") == "req_fresh");
  CHECK(id_of("a b") == "req_fresh");
  CHECK(id_of("\"quoted\"") == "req_fresh");
  CHECK(id_of(std::string(129, 'x')) == "req_fresh");
}
