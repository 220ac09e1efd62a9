#include "balance/owner_rules.hpp"

#include <algorithm>
#include <utility>

namespace keywheel::balance {

namespace {

using dialect::refusal;
using dialect::refusal_code;

refusal bad_request(std::string why) {
  return {refusal_code::bad_request, std::move(why), {}, {}};
}

refusal not_found(std::string why) {
  return {refusal_code::not_found, std::move(why), {}, {}};
}

std::string in_quotes(std::string_view text) {
  return "\"" + std::string{text} + "\"";
}

std::string_view provider_in(std::string_view key) {
  return key.substr(0, key.find('/'));
}

refusal unknown(std::string_view id) {
  return not_found(in_quotes(id)
                   + " is not known here: it was made elsewhere, or too long ago; the request "
                     "header x-keywheel-key: PROVIDER/NAME says which key to use");
}

bool of_one_organization(std::span<const serving_key> keys) {
  const serving_key* first = nullptr;
  for (const auto& key : keys) {
    if (!key.enabled)
      continue;
    if (first != nullptr && !are_related(first->who, key.who))
      return false;
    first = first != nullptr ? first : &key;
  }
  return true;
}

const reference* first_known(std::span<const reference> refers) {
  const auto found = std::find_if(refers.begin(), refers.end(),
                                  [](const auto& one) { return one.by.has_value(); });
  return found != refers.end() ? &*found : nullptr;
}

/// The keys that share what `by` has made, itself first.
std::vector<std::string> heirs(const owner& by, std::span<const serving_key> keys) {
  std::vector<std::string> result;
  for (const auto& key : keys)
    if (is_one_key(by, key.who))
      result.push_back(key.who.key);
  // Its name counts before its secret: two names may have one.
  if (const auto named = std::find(result.begin(), result.end(), by.key); named != result.end())
    std::rotate(result.begin(), named, named + 1);
  for (const auto& key : keys)
    if (!is_one_key(by, key.who) && are_related(by, key.who))
      result.push_back(key.who.key);
  return result;
}

std::variant<bound_to, refusal> way_to_owner(const reference& first, const owner_question& what) {
  for (const auto& other : what.refers)
    if (other.by && !are_related(*first.by, *other.by))
      return bad_request(in_quotes(first.id) + " and " + in_quotes(other.id)
                         + " belong to different organizations: no key can use both");
  auto result = heirs(*first.by, what.keys);
  if (result.empty())
    return not_found("the key that " + in_quotes(first.id)
                     + " was made with is not (or no longer) one of " + std::string{what.of});
  return bound_to{std::move(result)};
}

} // namespace

std::variant<bound_to, refusal> way_of(const owner_question& what) {
  if (!what.wants_key.empty()) {
    const bool serves = std::any_of(what.keys.begin(), what.keys.end(),
                                    [&](const auto& key) { return key.who.key == what.wants_key; });
    if (!serves)
      return bad_request("x-keywheel-key: " + in_quotes(what.wants_key) + " is no key of "
                         + std::string{what.of});
    return bound_to{{std::string{what.wants_key}}};
  }
  if (const auto* known = first_known(what.refers))
    return way_to_owner(*known, what);
  if ((what.refers.empty() && !what.lists) || of_one_organization(what.keys))
    return bound_to{};
  if (!what.refers.empty())
    return unknown(what.refers.front().id);
  return bad_request("the keys of " + std::string{what.of}
                     + " belong to different organizations: the request header x-keywheel-key: "
                       "PROVIDER/NAME says whose list is meant");
}

std::variant<std::string, refusal> provider_of(std::span<const reference> refers,
                                               std::span<const std::string> those,
                                               std::string_view wants_key) {
  const auto speaks = [&](std::string_view name) {
    return std::find(those.begin(), those.end(), name) != those.end();
  };
  if (!wants_key.empty() && speaks(provider_in(wants_key)))
    return std::string{provider_in(wants_key)};
  if (const auto* known = first_known(refers)) {
    if (speaks(provider_in(known->by->key)))
      return std::string{provider_in(known->by->key)};
    return not_found("the provider that keeps " + in_quotes(known->id)
                     + " is not configured any more");
  }
  if (those.size() == 1)
    return those.front();
  if (!refers.empty())
    return unknown(refers.front().id);
  if (those.empty())
    return not_found("no provider that speaks this is configured");
  std::string names;
  for (const auto& name : those)
    names += (names.empty() ? "" : ", ") + name;
  return bad_request("several providers could be meant (" + names
                     + "): the request header x-keywheel-provider says which");
}

} // namespace keywheel::balance
