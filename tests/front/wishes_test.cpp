#include "front/intake.hpp"
#include "front/wishes.hpp"
#include "tests/catch.hpp"

#include <utility>
#include <vector>

using namespace keywheel;
using front::origin;
using ids = std::vector<std::string>;
using header_list = std::vector<std::pair<std::string, std::string>>;

namespace {

config::provider_config provider(const std::string& name, dialect::kind dialect) {
  config::provider_config result;
  result.name = name;
  result.dialect = dialect;
  result.base_url = "https://" + name + ".example/v1";
  for (const char* key : {"a", "b"}) {
    config::key_config made;
    made.provider = name;
    made.name = key;
    made.base_url = result.base_url;
    result.keys.push_back(made);
  }
  return result;
}

/// Two providers speak openai, one anthropic, one gemini.
std::shared_ptr<config::config> house() {
  auto result = std::make_shared<config::config>();
  for (const auto& each :
       {provider("groq", dialect::kind::openai), provider("openai", dialect::kind::openai),
        provider("claude", dialect::kind::anthropic), provider("google", dialect::kind::gemini)})
    result->providers.emplace(each.name, each);
  result->providers.at("openai").keys[1].models = {"o3"};
  for (const auto& [model, owner] :
       std::vector<std::pair<std::string, std::string>>{{"gpt", "openai"}, {"flash", "google"}}) {
    config::model_config made;
    made.name = model;
    made.provider = owner;
    result->models.push_back(made);
  }
  return result;
}

struct request {
  std::string method = "GET";
  std::string target = "/v1/files";
  header_list headers = {};
  std::string body = {};
};

std::variant<front::order, http::response> take(const request& what,
                                                config::snapshot config = house()) {
  front::intake intake{std::move(config)};
  http::request_head head;
  head.method = what.method;
  head.target = what.target;
  for (const auto& [name, value] : what.headers)
    head.headers.add(name, value);
  if (auto answer = intake.begin(std::move(head), what.body.size(), origin::loopback, "req_1"))
    return std::move(*answer);
  intake.feed(what.body);
  return intake.finish();
}

front::order order_of(const request& what) {
  return std::get<front::order>(take(what));
}

/// The text of a refusal with that status.
std::string refusal_of(const request& what, unsigned status = 400) {
  const auto answer = std::get<http::response>(take(what));
  CHECK(answer.head.status == status);
  return answer.body;
}

bool says(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

} // namespace

TEST_CASE("a call without a model is for the provider that its caller names") {
  const auto order = order_of({.headers = {{"X-Keywheel-Provider", "groq"}, {"accept", "x"}}});
  CHECK(order.provider == "groq");
  CHECK(order.model.empty());
  CHECK(order.entry == nullptr);
  CHECK(order.method == "GET");
  CHECK(order.refers.empty());
  CHECK(order.wants_key.empty());
  CHECK(order.headers.contains("accept"));
  CHECK_FALSE(order.headers.contains("x-keywheel-provider"));
}

TEST_CASE("or for the only one that speaks its dialect") {
  CHECK(order_of({.target = "/v1/messages/batches"}).provider == "claude");
  CHECK(order_of({.target = "/v1beta/files/x"}).provider == "google");
}

TEST_CASE("or for whoever keeps what it refers to") {
  const auto order = order_of({.target = "/v1/files/file-1"});
  CHECK(order.provider.empty());
  CHECK(order.refers == ids{"file-1"});
  CHECK(order_of({.method = "POST", .target = "/v1/batches", .body = R"({"input_file_id":"f"})"})
            .refers
        == ids{"f"});
}

TEST_CASE("where nobody says which provider is meant they are named") {
  CHECK(says(refusal_of({}), "groq, openai"));
  CHECK(says(refusal_of({.target = "/openai/files?api-version=1"}), "no provider here speaks"));
  CHECK(says(refusal_of({.headers = {{"x-keywheel-provider", "nobody"}}}), "no provider"));
  CHECK(says(refusal_of({.headers = {{"x-keywheel-provider", "claude"}}}),
             "speaks anthropic, not openai"));
}

TEST_CASE("a caller may ask for a key") {
  const auto file = order_of({.target = "/v1/files", .headers = {{"x-keywheel-key", "groq/b"}}});
  CHECK(file.provider == "groq");
  CHECK(file.wants_key == "groq/b");
  CHECK_FALSE(file.headers.contains("x-keywheel-key"));
  const auto chat = order_of({.method = "POST",
                              .target = "/v1/chat/completions",
                              .headers = {{"x-keywheel-key", "openai/a"}},
                              .body = R"({"model":"gpt"})"});
  CHECK(chat.wants_key == "openai/a");
  CHECK(chat.provider.empty());
  CHECK_FALSE(chat.headers.contains("x-keywheel-key"));
}

TEST_CASE("a key that cannot serve is not granted") {
  const auto chat = [](const std::string& key) {
    return refusal_of({.method = "POST",
                       .target = "/v1/chat/completions",
                       .headers = {{"x-keywheel-key", key}},
                       .body = R"({"model":"gpt"})"});
  };
  for (const char* key : {"groq/a", "openai/c", "openai/b", "openai", "/", "openai/a/"}) {
    CAPTURE(key);
    CHECK(says(chat(key), "serves the model"));
  }
  CHECK(says(refusal_of({.headers = {{"x-keywheel-key", "groq/c"}}}), "has no key"));
  CHECK(says(refusal_of({.headers = {{"x-keywheel-key", "nobody/a"}}}), "no provider"));
  CHECK(says(
      refusal_of({.headers = {{"x-keywheel-key", "groq/a"}, {"x-keywheel-provider", "openai"}}}),
      "has no key"));
}

TEST_CASE("path and body together say what a call refers to") {
  const auto order = order_of({.method = "POST",
                               .target = "/v1/conversations/c/items",
                               .body = R"({"items":[{"content":[{"file_id":"f"},)"
                                       R"({"file_id":"c"}]}]})"});
  CHECK(order.refers == ids{"c", "f"});
}

TEST_CASE("a file is taken whatever its type, and not looked into") {
  const std::string lines = "{\"file_id\":\"no\"}\n{\"model\":5}\n";
  for (const char* type : {"multipart/form-data", "application/json", "text/plain"}) {
    const auto order = order_of({.method = "POST",
                                 .target = "/upload/v1beta/files",
                                 .headers = {{"content-type", type}},
                                 .body = lines});
    CHECK(order.refers.empty());
    CHECK(order.route.makes);
    CHECK(order.body->text() == lines);
    CHECK(order.headers.find("content-type") == type);
    CHECK(order.model_end == 0);
  }
  const auto order = order_of({.method = "POST", .target = "/v1beta/files", .body = "no JSON"});
  CHECK(order.body->text() == "no JSON");
}

TEST_CASE("whether an answer is kept is for the request to say") {
  const auto makes = [](const std::string& target, const std::string& more) {
    return order_of({.method = "POST", .target = target, .body = R"({"model":"gpt")" + more + "}"})
        .route.makes;
  };
  CHECK(makes("/v1/responses", ""));
  CHECK(makes("/v1/responses", R"(,"store":true)"));
  CHECK_FALSE(makes("/v1/responses", R"(,"store":false)"));
  CHECK_FALSE(makes("/v1/chat/completions", ""));
  CHECK(makes("/v1/chat/completions", R"(,"store":true)"));
  CHECK_FALSE(makes("/v1/embeddings", R"(,"store":true)"));
}

TEST_CASE("Gemini's cached content is a call of its model") {
  const std::string body = R"({"model":"models/flash","ttl":"300s"})";
  const auto order = order_of({.method = "POST", .target = "/v1beta/cachedContents", .body = body});
  CHECK(order.model == "flash");
  CHECK(order.entry->name == "flash");
  CHECK(order.route.makes);
  CHECK(body.substr(order.model_begin, order.model_end - order.model_begin) == "\"models/flash\"");
}

TEST_CASE("a client with a list of models makes no call without one") {
  auto config = house();
  config->clients.push_back({"some", config::secret{"some-0123456789"}, {"gpt", "flash"}});
  config->clients.push_back({"all", config::secret{"all-0123456789ab"}, {"*"}});
  const auto status = [&](const std::string& token) {
    const auto got =
        take({.target = "/v1/messages/batches", .headers = {{"x-api-key", token}}}, config);
    const auto* refused = std::get_if<http::response>(&got);
    if (refused != nullptr) {
      CHECK(says(refused->body, R"("type":"error")"));
      CHECK(says(refused->body, "/v1/messages/batches"));
    }
    return refused != nullptr ? refused->head.status : 0U;
  };
  CHECK(status("some-0123456789") == 403);
  CHECK(status("all-0123456789ab") == 0);
}

TEST_CASE("where the client has reached us") {
  const auto home = [](const header_list& headers) {
    http::fields all;
    for (const auto& [name, value] : headers)
      all.add(name, value);
    return front::home_in(all);
  };
  CHECK(home({{"Host", "127.0.0.1:4100"}}) == "http://127.0.0.1:4100");
  CHECK(home({{"host", "[::1]:4100"}}) == "http://[::1]:4100");
  CHECK(home({{"host", "k.example"}, {"X-Forwarded-Proto", "https"}}) == "https://k.example");
  CHECK(home({{"host", "k.example/x"}}).empty());
  CHECK(home({{"host", ""}}).empty());
  CHECK(home({}).empty());
}
