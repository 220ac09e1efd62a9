// What a provider says beside its keys: quota groups, signals, how it is reached.

#include "config/load.hpp"
#include "tests/catch.hpp"
#include "tests/config/world.hpp"

namespace dialect = keywheel::dialect;
using namespace keywheel::config;

namespace {

/// Lines 1 to 4 of a file with a good provider "p" (key "default").
std::string below_provider(const std::string& text) {
  return "[providers.p]\ndialect = \"openai\"\nbase_url = \"http://h\"\napi_key = \"x\"\n" + text;
}

world with_pem() {
  world result;
  result.files["/etc/keywheel/ca.pem"] = "-----BEGIN CERTIFICATE-----\nMIIB\n";
  result.files["/etc/keywheel/notes.txt"] = "the certificate is in the safe\n";
  result.files["/run/proxy"] = "http://ada:geheim@proxy.example:3128\n";
  result.variables["PROXY"] = "socks5://proxy.example";
  result.variables["BAD_PROXY"] = "proxy.example:3128";
  return result;
}

/// A text below the provider, and every problem that it has.
struct row {
  std::string text;
  std::vector<std::string> problems;
};

void check(const std::vector<row>& rows) {
  for (const auto& [text, problems] : rows) {
    CAPTURE(text);
    const auto result = with_pem().parse(below_provider(text));
    CHECK_FALSE(result);
    CHECK(lines_of(result) == problems);
  }
}

transport_config transport_of(const std::string& text) {
  return good(below_provider(text), with_pem()).providers.at("p").transport;
}

} // namespace

TEST_CASE("quota groups with a table need a key") {
  const std::string key = "[[providers.p.keys]]\nname = \"a\"\napi_key = \"y\"\n"
                          "quota_group = \"org 1\"\n";
  check(
      {{key + "[providers.p.quota_groups.org-1]\nrpm = 1\n",
        {R"(9:1: [providers.p.quota_groups.org-1]: no key of this provider has this quota_group )"
         R"((did you mean "org 1"?))"}},
       {"[providers.p.quota_groups.far]\n",
        {"5:1: [providers.p.quota_groups.far]: no key of this provider has this quota_group"}},
       {key
            + "[providers.p.quota_groups.\"org 1\"]\nrpm = -1\ntpm = true\nmax_in_flight = "
              "1000001\nrps = 1\n",
        {R"(10:7: [providers.p.quota_groups."org 1"]: rpm must be from 0 to 1000000000000)",
         R"(11:7: [providers.p.quota_groups."org 1"]: tpm must be an integer, not a boolean)",
         R"(12:17: [providers.p.quota_groups."org 1"]: max_in_flight must be from 0 to 1000000)",
         R"(13:1: [providers.p.quota_groups."org 1"]: unknown field "rps" (did you mean "rpm"?))"}},
       {key + "[providers.p]\nquota_groups = 1\n",
        {"9:1: Error while parsing table header: cannot redefine existing table 'providers.p'"}},
       {"quota_groups = 1\n",
        {"5:16: [providers.p]: quota_groups must be a table of tables, such as "
         "[providers.p.quota_groups.NAME], not an integer"}}});
}

TEST_CASE("a quota group stands before or behind its keys, or has no table at all") {
  const std::string group = "[providers.p.quota_groups.g]\ntpd = 5\n";
  const std::string keys = "[[providers.p.keys]]\nname = \"a\"\napi_key = \"y\"\n"
                           "quota_group = \"g\"\n"
                           "[[providers.p.keys]]\nname = \"default\"\nquota_group = \"h\"\n";
  for (const auto& text : {group + keys, keys + group}) {
    const auto provider = good(below_provider(text)).providers.at("p");
    CHECK(provider.quota_groups == std::map<std::string, budgets_config>{{"g", {0, 0, 0, 0, 5}}});
    CHECK(provider.keys[0].quota_group == "h");
  }
  CHECK(good(below_provider(keys)).providers.at("p").quota_groups.empty());
}

TEST_CASE("signals are those of a provider that is known") {
  CHECK(good(below_provider("signals = \"generic\"\n")).providers.at("p").signals
        == dialect::signal_table::generic);
  const std::string words =
      "; there are openai, azure, anthropic, gemini, mistral, groq, deepseek, "
      "together, openrouter, xai, cohere, moonshot, zhipu, dashscope, "
      "bedrock, vllm, ollama and generic";
  check({{"signals = \"grok\"\n",
          {R"(5:11: [providers.p]: signals "grok" is unknown (did you mean "groq"?))" + words}},
         {"signals = \"Acme\"\n", {R"(5:11: [providers.p]: signals "Acme" is unknown)" + words}},
         {"signals = \"\"\n", {"5:11: [providers.p]: signals must not be empty"}},
         {"signals = true\n", {"5:11: [providers.p]: signals must be a string, not a boolean"}}});
}

TEST_CASE("a proxy is a URL, perhaps kept elsewhere as secrets are") {
  CHECK(transport_of("").proxy.empty());
  CHECK(transport_of("proxy = \"\"\n").proxy.empty());
  CHECK(transport_of("proxy = \"http://proxy.example:3128\"\n")
            .proxy.equals("http://proxy.example:3128"));
  CHECK(transport_of("proxy = \"env:PROXY\"\n").proxy.equals("socks5://proxy.example"));
  CHECK(transport_of("proxy = \"file:/run/proxy\"\n")
            .proxy.equals("http://ada:geheim@proxy.example:3128"));
  CHECK(good(below_provider("proxy = \"file:/run/proxy\"\n"), with_pem()).watched_files
        == std::vector<std::string>{"/etc/keywheel/kw.toml", "/run/proxy"});
  const std::string scheme = "must begin with http://, https://, socks5:// or socks5h://";
  check({{"proxy = \"proxy.example:3128\"\n", {"5:9: [providers.p]: proxy " + scheme}},
         {"proxy = \"env:BAD_PROXY\"\n", {"5:9: [providers.p]: proxy " + scheme}},
         {"proxy = \"env:NOPE\"\n",
          {"5:9: [providers.p]: proxy cannot be read: environment variable NOPE is not set"}},
         {"proxy = false\n", {"5:9: [providers.p]: proxy must be a string, not a boolean"}},
         {"proxy = \"http://ada:ge/heim@h\"\n",
          {"5:9: [providers.p]: proxy must end behind the host and port; write /, ? and # in a "
           "password as %2F, %3F and %23"}}});
}

TEST_CASE("files for TLS must be readable and hold PEM") {
  CHECK(transport_of("http2 = false\nca_file = \"ca.pem\"\n")
        == transport_config{false, {}, "/etc/keywheel/ca.pem", "", ""});
  CHECK(transport_of("client_cert = \"./ca.pem\"\n").client_cert == "/etc/keywheel/ca.pem");
  check({{"ca_file = \"/no/such.pem\"\n",
          {"5:11: [providers.p]: ca_file cannot be read: /no/such.pem: No such file or directory"}},
         {"client_cert = \"cert.pem\"\nclient_key = \"~/key.pem\"\n",
          {"5:15: [providers.p]: client_cert cannot be read: /etc/keywheel/cert.pem: No such file "
           "or directory",
           "6:14: [providers.p]: client_key cannot be read: /home/ada/key.pem: No such file or "
           "directory"}},
         {"ca_file = \"notes.txt\"\n",
          {"5:11: [providers.p]: ca_file cannot be used: /etc/keywheel/notes.txt holds nothing in "
           "PEM (-----BEGIN …)"}},
         {"client_key = \"ca.pem\"\n",
          {"5:14: [providers.p]: client_key needs a client_cert that it belongs to"}},
         {"ca_file = \"\"\nhttp2 = \"yes\"\n",
          {"5:11: [providers.p]: ca_file must not be empty",
           "6:9: [providers.p]: http2 must be true or false, not a string"}}});
}
