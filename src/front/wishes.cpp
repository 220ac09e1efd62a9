#include "front/wishes.hpp"

#include "front/intake.hpp"

#include <algorithm>
#include <utility>

namespace keywheel::front {

namespace {

using dialect::refusal;
using dialect::refusal_code;

refusal bad(std::string message) {
  return {refusal_code::bad_request, std::move(message), {}, false};
}

bool speaks(const config::provider_config& provider, dialect::kind caller) {
  return dialect::compatible(caller, provider.dialect, provider.base_url);
}

std::string quoted(const std::string& name) {
  return "\"" + name + "\"";
}

/// The key of that id among those that may serve, or why there is none.
std::optional<refusal> grant_key(const std::string& id, const config::config& config, order& to) {
  const auto is_it = [&](const config::key_config& key) { return key.id() == id; };
  if (to.entry != nullptr) {
    const auto keys = config::keys_of(config, *to.entry, to.model);
    if (std::none_of(keys.begin(), keys.end(), [&](const auto* key) { return is_it(*key); }))
      return bad("x-keywheel-key: no key " + quoted(id) + " serves the model " + quoted(to.model));
  } else {
    const auto& keys = config.providers.at(to.provider).keys;
    if (std::none_of(keys.begin(), keys.end(), is_it))
      return bad("x-keywheel-key: the provider " + quoted(to.provider) + " has no key "
                 + quoted(id));
  }
  to.wants_key = id;
  return std::nullopt;
}

std::optional<refusal> grant_provider(const std::string& name, const config::config& config,
                                      const dialect::route& of, order& to) {
  const auto found = config.providers.find(name);
  if (found == config.providers.end())
    return bad("there is no provider " + quoted(name) + " here");
  if (!speaks(found->second, of.dialect))
    return bad("the provider " + quoted(name) + " speaks "
               + std::string{dialect::to_string(found->second.dialect)} + ", not "
               + std::string{dialect::to_string(of.dialect)});
  to.provider = name;
  return std::nullopt;
}

/// Without a word from the caller it is the only provider that can be meant.
std::optional<refusal> find_provider(const config::config& config, const dialect::route& of,
                                     order& to) {
  std::string names;
  std::size_t count = 0;
  for (const auto& [name, provider] : config.providers)
    if (speaks(provider, of.dialect)) {
      names += (count++ > 0 ? ", " : "") + name;
    }
  if (count == 1)
    to.provider = names;
  else if (count == 0)
    return bad("no provider here speaks " + std::string{dialect::to_string(of.dialect)});
  else if (of.refers.empty() && to.facts.refers.empty())
    return bad("several providers may be meant: say which with the header x-keywheel-provider ("
               + names + ")");
  return std::nullopt;
}

} // namespace

wishes wishes_in(const http::fields& headers) {
  return {std::string{headers.find("x-keywheel-provider").value_or("")},
          std::string{headers.find("x-keywheel-key").value_or("")}};
}

std::optional<refusal> grant(const wishes& asked, const config::config& config,
                             const dialect::route& of, order& to) {
  if (to.entry == nullptr) {
    const std::string by_key = asked.key.substr(0, asked.key.find('/'));
    const std::string& name = asked.provider.empty() ? by_key : asked.provider;
    if (auto wrong =
            name.empty() ? find_provider(config, of, to) : grant_provider(name, config, of, to))
      return wrong;
  }
  return asked.key.empty() ? std::nullopt : grant_key(asked.key, config, to);
}

std::string home_in(const http::fields& headers) {
  constexpr std::string_view host_bytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789.-_:[]";
  const std::string_view host = headers.find("host").value_or("");
  if (host.empty() || host.find_first_not_of(host_bytes) != std::string_view::npos)
    return {};
  const bool is_secure = headers.find("x-forwarded-proto") == "https";
  return std::string{is_secure ? "https://" : "http://"}.append(host);
}

} // namespace keywheel::front
