// Calls about what an organisation keeps, from actors of the host application, through a real
// gateway.

#include "tests/actors/house.hpp"
#include "tests/catch.hpp"

#include <caf/all.hpp>

#include <string>
#include <utility>

using namespace keywheel;
using test::house;

namespace {

api_response respond(house& h, const std::string& previous = {}, const std::string& key = {}) {
  api_request what;
  what.target = "/v1/responses";
  what.headers = {{"content-type", "application/json"}};
  if (!key.empty())
    what.headers.emplace_back("x-keywheel-key", key);
  what.body = R"({"model":"gpt-4o","input":"hi")";
  if (!previous.empty())
    what.body += R"(,"previous_response_id":")" + previous + '"';
  what.body += '}';
  return h.ask(std::move(what));
}

api_response about(house& h, const std::string& method, const std::string& target) {
  api_request what;
  what.method = method;
  what.target = target;
  return h.ask(std::move(what));
}

api_response upload(house& h, const std::string& key = {}) {
  api_request what;
  what.target = "/v1/files";
  what.headers = {{"content-type", "multipart/form-data; boundary=b"}};
  if (!key.empty())
    what.headers.emplace_back("x-keywheel-key", key);
  what.body = "--b\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\nuser_data\r\n"
              "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nx\r\n"
              "--b--\r\n";
  return h.ask(std::move(what));
}

std::string id_of(const api_response& answer) {
  CAPTURE(answer.body);
  REQUIRE(answer.status == 200);
  const std::string mark = R"("id":")";
  const auto begin = answer.body.find(mark) + mark.size();
  return answer.body.substr(begin, answer.body.find('"', begin) - begin);
}

void check_found(house& h, const std::string& id, const std::string& key) {
  const auto shown = about(h, "GET", "/v1/files/" + id);
  CAPTURE(shown.body);
  CHECK(shown.status == 200);
  CHECK(house::key_of(shown) == key);
}

/// Keys a and b are of one organisation, c is of its own.
simulator::options two_organizations() {
  auto result = test::three_keys();
  result.keys[0].organization = "org-shared";
  result.keys[1].organization = "org-shared";
  return result;
}

} // namespace

TEST_CASE("actors of the host go on where they began, too") {
  house h;
  for (const std::string key : {"sim/a", "sim/b", "sim/c"}) {
    const auto first = respond(h, {}, key);
    REQUIRE(house::key_of(first) == key);
    auto id = id_of(first);
    for (int i = 0; i < 3; ++i) {
      const auto next = respond(h, id);
      CHECK(house::key_of(next) == key);
      id = id_of(next);
    }
  }
  CHECK(respond(h, "resp_nobody").status == 404);
}

TEST_CASE("the dispatcher of calls without a model is made at first use, and is no model") {
  house h;
  std::size_t dispatchers = 9;
  const auto count = [&](gateway_state& s) { dispatchers = s.provider_dispatchers.size(); };
  h.inside(count);
  CHECK(dispatchers == 0);
  const auto id = id_of(upload(h, "sim/b"));
  check_found(h, id, "sim/b");
  h.inside(count);
  CHECK(dispatchers == 1);
  CHECK(h.status().models.size() == 2);
}

TEST_CASE("uploads go round the keys") {
  house h;
  std::string keys;
  for (int i = 0; i < 6; ++i)
    keys += house::key_of(upload(h)).substr(4);
  CHECK(keys == "abcabc");
}

TEST_CASE("what a key made is there for others of its organisation, once that is known") {
  house h{two_organizations()};
  const auto id = id_of(upload(h, "sim/a")); // before the gateway knows that b is of the same
  REQUIRE(respond(h, {}, "sim/b").status == 200);
  h.settle();
  auto config = h.configuration();
  config->providers["sim"].keys[0].enabled = false;
  h.apply(config);
  check_found(h, id, "sim/b");
  SECTION("nor is it lost with its maker") {
    h.apply(h.configuration({"b", "c"}));
    check_found(h, id, "sim/b");
  }
  SECTION("but it is lost with its organisation") {
    h.apply(h.configuration({"c"}));
    const auto lost = about(h, "GET", "/v1/files/" + id);
    CHECK(lost.status == 404);
    CHECK(house::key_of(lost).empty());
  }
}

TEST_CASE("a provider's dispatcher that dies is replaced") {
  house h;
  const auto id = id_of(upload(h, "sim/c"));
  h.kill<dispatcher_actor>(
      [](gateway_state& s) -> dispatcher_actor& { return s.provider_dispatchers.at("sim"); });
  check_found(h, id, "sim/c");
}

TEST_CASE("an owner book that dies is replaced, by one that knows what comes after") {
  house h;
  const auto id = id_of(upload(h, "sim/c"));
  h.kill<owner_book_actor>([](gateway_state& s) -> owner_book_actor& { return s.owner_book; });
  h.settle();
  CHECK(about(h, "GET", "/v1/files/" + id).status == 404);
  check_found(h, id_of(upload(h, "sim/b")), "sim/b");
}

TEST_CASE("a key that is disabled keeps what it made, and says so") {
  house h;
  const auto id = id_of(upload(h, "sim/a"));
  auto config = h.configuration();
  config->providers["sim"].keys[0].enabled = false;
  h.apply(config);
  const auto refused = about(h, "GET", "/v1/files/" + id);
  CHECK(refused.status == 429);
  CHECK(refused.body.find("no key of the provider") != std::string::npos);
  h.apply(h.configuration());
  check_found(h, id, "sim/a");
}
