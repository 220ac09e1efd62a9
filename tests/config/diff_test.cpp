#include "config/diff.hpp"
#include "tests/catch.hpp"

namespace dialect = keywheel::dialect;
using namespace keywheel::config;
using namespace std::chrono_literals;

namespace {

key_config key(const std::string& name) {
  key_config result;
  result.provider = "p";
  result.name = name;
  result.api_key = secret{"secret of " + name};
  result.source = "literal";
  return result;
}

config base() {
  config result;
  auto& provider = result.providers["p"];
  provider.name = "p";
  provider.keys = {key("a"), key("b"), key("c")};
  return result;
}

std::string said(const key_changes& changes) {
  std::string result;
  const auto add = [&result](char mark, const std::vector<std::string>& ids) {
    for (const auto& id : ids)
      result += std::string{mark} + id + " ";
  };
  add('+', changes.added);
  add('-', changes.removed);
  add('!', changes.renewed);
  add('~', changes.changed);
  return result;
}

template <class Change>
std::string after(Change change) {
  auto to = base();
  change(to);
  return said(diff_keys(base(), to));
}

} // namespace

TEST_CASE("nothing lies between equal configurations, whatever the order of keys") {
  CHECK(after([](config&) {}).empty());
  CHECK(after([](config& c) {
          std::swap(c.providers["p"].keys[0], c.providers["p"].keys[2]);
        }).empty());
}

TEST_CASE("keys are added and removed") {
  CHECK(after([](config& c) { c.providers["p"].keys.push_back(key("d")); }) == "+p/d ");
  CHECK(after([](config& c) { c.providers["p"].keys.erase(c.providers["p"].keys.begin()); })
        == "-p/a ");
  CHECK(after([](config& c) { c.providers["p"].keys[1].name = "x"; }) == "+p/x -p/b ");
  CHECK(after([](config& c) { c.providers.clear(); }) == "-p/a -p/b -p/c ");
  CHECK(said(diff_keys(config{}, base())) == "+p/a +p/b +p/c ");
}

TEST_CASE("another secret under an old name is another key") {
  CHECK(after([](config& c) { c.providers["p"].keys[1].api_key = secret{"other"}; }) == "!p/b ");
  CHECK(after([](config& c) {
          std::swap(c.providers["p"].keys[0].api_key, c.providers["p"].keys[1].api_key);
        })
        == "!p/a !p/b ");
  CHECK(after([](config& c) {
          c.providers["p"].keys[1].api_key = secret{"other"};
          c.providers["p"].keys[1].weight = 2;
        })
        == "!p/b ");
}

TEST_CASE("any other setting of a key is a change of the key") {
  const auto changed = [](auto change) {
    return after([&change](config& c) { change(c.providers["p"].keys[1]); });
  };
  CHECK(changed([](key_config& k) { k.enabled = false; }) == "~p/b ");
  CHECK(changed([](key_config& k) { k.weight = 2; }) == "~p/b ");
  CHECK(changed([](key_config& k) { k.quota_group = "g"; }) == "~p/b ");
  CHECK(changed([](key_config& k) { k.models = {"m"}; }) == "~p/b ");
  CHECK(changed([](key_config& k) { k.base_url = "http://h"; }) == "~p/b ");
  CHECK(changed([](key_config& k) { k.upstream_model = "u"; }) == "~p/b ");
  CHECK(changed([](key_config& k) { k.budgets.max_in_flight = 1; }) == "~p/b ");
  CHECK(changed([](key_config& k) { k.budgets.rpm = 1; }) == "~p/b ");
  CHECK(changed([](key_config& k) { k.budgets.tpm = 1; }) == "~p/b ");
  CHECK(changed([](key_config& k) { k.budgets.rpd = 1; }) == "~p/b ");
  CHECK(changed([](key_config& k) { k.budgets.tpd = 1; }) == "~p/b ");
  CHECK(changed([](key_config& k) { k.source = "env:B"; }).empty());
}

TEST_CASE("a setting of a provider is a change of all its keys") {
  const auto changed = [](auto change) {
    return after([&change](config& c) {
      c.providers["q"].keys = {};
      change(c.providers["p"]);
    });
  };
  const std::string all = "~p/a ~p/b ~p/c ";
  CHECK(changed([](provider_config& p) { p.base_url = "http://h"; }) == all);
  CHECK(changed([](provider_config& p) { p.dialect = dialect::kind::gemini; }) == all);
  CHECK(changed([](provider_config& p) { p.timeouts.idle = 1s; }) == all);
  CHECK(changed([](provider_config& p) { p.cooldown.max = 1s; }) == all);
  CHECK(changed([](provider_config& p) { p.signals = dialect::signal_table::groq; }) == all);
  CHECK(changed([](provider_config& p) { p.transport.http2 = false; }) == all);
  CHECK(changed([](provider_config& p) { p.transport.proxy = secret{"http://h"}; }) == all);
  CHECK(changed([](provider_config& p) { p.transport.ca_file = "/ca"; }) == all);
  CHECK(changed([](provider_config& p) { p.transport.client_cert = "/cert"; }) == all);
  CHECK(changed([](provider_config& p) { p.transport.client_key = "/key"; }) == all);
}

TEST_CASE("the budgets of a quota group are a change of the keys that are in it") {
  auto from = base();
  from.providers["p"].keys[0].quota_group = "g";
  from.providers["p"].keys[2].quota_group = "other";
  const auto changed = [&from](auto change) {
    auto to = from;
    change(to.providers["p"].quota_groups);
    return said(diff_keys(from, to));
  };
  using groups = std::map<std::string, budgets_config>;
  CHECK(changed([](groups& g) { g["g"].rpm = 5; }) == "~p/a ");
  CHECK(changed([](groups& g) { g["other"].max_in_flight = 1; }) == "~p/c ");
  CHECK(changed([](groups& g) { g["nobody's"].tpd = 1; }).empty());
  CHECK(changed([](groups& g) { g["g"] = {}; }).empty());
  from.providers["p"].quota_groups["g"].rpm = 5;
  CHECK(changed([](groups& g) { g.erase("g"); }) == "~p/a ");
  CHECK(changed([](groups& g) { g["g"].rpm = 6; }) == "~p/a ");
}

TEST_CASE("only what is bound to the process needs a restart") {
  const auto from = base();
  auto to = base();
  CHECK(needs_restart(from, to).empty());
  to.admin.token = secret{"new"};
  to.server.max_body = 1;
  to.server.request_timeout = 1s;
  to.server.drain_timeout = 1s;
  to.server.stream_keepalive = 1s;
  to.cooldown.max = 1s;
  to.waiting_line.max_calls = 1;
  to.log.level = log_level::debug;
  to.log.prompts = true;
  to.clients.push_back({"c", secret{"t"}, {}});
  to.providers.clear();
  CHECK(needs_restart(from, to).empty());
  to.server.listen.port = 1;
  to.server.state_dir = "/s";
  to.server.shards = 2;
  to.admin.listen.host = "::1";
  to.log.json = true;
  to.log.file = "/log";
  to.log.max_size = 1;
  to.log.max_files = 1;
  CHECK(needs_restart(from, to)
        == std::vector<std::string>{"server.listen", "server.state_dir", "server.shards",
                                    "admin.listen", "log.format", "log.file", "log.max_size",
                                    "log.max_files"});
}
