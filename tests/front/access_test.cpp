#include "front/access.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using front::origin;

namespace {

config::config with_clients() {
  config::config result;
  result.clients.push_back({"ci", config::secret{"ci-token-1234567890"}, {"gpt-4o"}});
  result.clients.push_back({"dev", config::secret{"dev-token-123456789"}, {}});
  return result;
}

http::fields with(std::string_view name, std::string_view value) {
  http::fields result;
  result.add(name, value);
  return result;
}

} // namespace

TEST_CASE("an address is this machine's or it is elsewhere") {
  for (const auto* here : {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"})
    CHECK(front::origin_of(here) == origin::loopback);
  for (const auto* there : {"10.0.0.1", "128.0.0.1", "::2", "::ffff:10.0.0.1", "fe80::1", ""})
    CHECK(front::origin_of(there) == origin::elsewhere);
}

TEST_CASE("with no client listed, this machine is welcome and nobody else") {
  const config::config open;
  CHECK(front::identify(open, {}, {}, origin::loopback).welcome);
  CHECK(front::identify(open, {}, {}, origin::inside).welcome);
  CHECK_FALSE(front::identify(open, {}, {}, origin::elsewhere).welcome);
}

TEST_CASE("a listed client is known by its token wherever its SDK puts it") {
  const auto config = with_clients();
  const auto name_of = [&](const http::fields& headers, std::string_view query = {}) {
    const auto who = front::identify(config, headers, query, origin::elsewhere);
    return who.welcome && who.client != nullptr ? who.client->name : std::string{};
  };
  CHECK(name_of(with("Authorization", "Bearer ci-token-1234567890")) == "ci");
  CHECK(name_of(with("authorization", "bearer dev-token-123456789")) == "dev");
  CHECK(name_of(with("x-api-key", "ci-token-1234567890")) == "ci");
  CHECK(name_of(with("api-key", "ci-token-1234567890")) == "ci");
  CHECK(name_of(with("x-goog-api-key", "ci-token-1234567890")) == "ci");
  CHECK(name_of({}, "ci-token-1234567890") == "ci");

  CHECK(name_of({}).empty());
  CHECK(name_of(with("Authorization", "Bearer ci-token-123456789")).empty());
  CHECK(name_of(with("Authorization", "Bearer ")).empty());
  CHECK(name_of(with("Authorization", "Basic ci-token-1234567890")).empty());
  CHECK_FALSE(front::identify(config, {}, {}, origin::loopback).welcome);
}

TEST_CASE("a client may use the models it lists, or all if it lists none") {
  const auto config = with_clients();
  const front::caller ci{true, &config.clients[0]};
  const front::caller dev{true, &config.clients[1]};
  CHECK(front::may_use(ci, "gpt-4o"));
  CHECK_FALSE(front::may_use(ci, "o3"));
  CHECK(front::may_use(dev, "o3"));
  CHECK(front::may_use({true, nullptr}, "o3"));
  CHECK_FALSE(front::may_use({}, "o3"));
}

TEST_CASE("what may be of any model is for those who may use all") {
  config::client_config some{"some", config::secret{"t-0123456789abcdef"}, {"gpt-*", "o3"}};
  config::client_config all{"all", config::secret{"t-0123456789abcdef"}, {"o3", "*"}};
  config::client_config open{"open", config::secret{"t-0123456789abcdef"}, {}};
  CHECK_FALSE(front::may_use_all({true, &some}));
  CHECK(front::may_use_all({true, &all}));
  CHECK(front::may_use_all({true, &open}));
  CHECK(front::may_use_all({true, nullptr}));
  CHECK_FALSE(front::may_use_all({}));
  CHECK_FALSE(front::may_use_all({false, &all}));
}
