#include "state/state_text.hpp"

#include "observe/json_member.hpp"
#include "observe/time_text.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

namespace keywheel::state {

namespace {

using observe::json_writer;
using observe::put;

/// The text of a time that parse() can read: within its years, never before the time itself.
std::string time_text(wall_time when) {
  using namespace std::chrono;
  constexpr auto first = sys_days{year{1970} / 1 / 1};
  constexpr auto last = sys_days{year{2200} / 1 / 1};
  return observe::rfc3339(ceil<milliseconds>(std::clamp<wall_time>(when, first, last)));
}

template <class T, class Order>
std::vector<T> sorted(std::vector<T> all, Order order) {
  std::sort(all.begin(), all.end(),
            [&order](const T& a, const T& b) { return order(a) < order(b); });
  return all;
}

void put_members(json_writer& out, const saved_cooldown& of) {
  put(out, "scope", of.scope);
  put(out, "model", of.model);
  put(out, "reason", of.reason);
  put(out, "source", of.source);
  put(out, "until", time_text(of.until));
  put(out, "strikes", of.strikes);
}

void put_cooldown(json_writer& out, const saved_cooldown& of) {
  out.StartObject();
  put_members(out, of);
  out.EndObject();
}

void put_cooldowns(json_writer& out, const std::vector<saved_cooldown>& all) {
  const auto order = [](const saved_cooldown& c) {
    return std::tie(c.scope, c.model, c.until, c.reason, c.source, c.strikes);
  };
  observe::put_array(out, "cooldowns", sorted(all, order), put_cooldown);
}

void put_slot(json_writer& out, const saved_slot& of) {
  out.StartArray();
  dialect::put_string(out, time_text(of.at));
  out.Int64(std::clamp<std::int64_t>(of.amount, 0, most_amount));
  out.EndArray();
}

void put_slots(json_writer& out, std::string_view name, const std::vector<saved_slot>& all) {
  const auto order = [](const saved_slot& s) { return std::tie(s.at, s.amount); };
  observe::put_array(out, name, sorted(all, order), put_slot);
}

void put_day(json_writer& out, const saved_window& of) {
  dialect::put_name(out, "day");
  out.StartObject();
  put_slots(out, "requests", of.requests);
  put_slots(out, "tokens", of.tokens);
  out.EndObject();
}

std::string text_of(const saved_key& key) {
  return observe::object_text([&key](json_writer& out) {
    put(out, "id", key.id);
    put(out, "fingerprint", key.fingerprint);
    put(out, "organization", key.organization);
    put_cooldowns(out, key.cooldowns);
    put_day(out, key.day);
  });
}

std::string text_of(const saved_group& group) {
  return observe::object_text([&group](json_writer& out) {
    put(out, "provider", group.provider);
    put(out, "name", group.name);
    put_cooldowns(out, group.cooldowns);
    put_day(out, group.day);
  });
}

std::string text_of(const saved_model& model) {
  return observe::object_text([&model](json_writer& out) {
    put(out, "provider", model.provider);
    put(out, "model", model.model);
    dialect::put_name(out, "cooldown");
    put_cooldown(out, model.cooldown);
  });
}

/// An array with each element in a line of its own, so that people can read and compare files.
template <class T>
std::string lines(const std::vector<T>& all) {
  std::string result;
  for (const auto& each : all)
    result += (result.empty() ? "\n" : ",\n") + text_of(each);
  return "[" + result + "]";
}

} // namespace

std::string render(const saved_state& what) {
  const auto keys =
      sorted(what.keys, [](const saved_key& k) { return std::tie(k.id, k.fingerprint); });
  const auto groups =
      sorted(what.groups, [](const saved_group& g) { return std::tie(g.provider, g.name); });
  const auto models =
      sorted(what.models, [](const saved_model& m) { return std::tie(m.provider, m.model); });
  return "{\"version\":" + std::to_string(state_version) + ",\n\"keys\":" + lines(keys)
         + ",\n\"groups\":" + lines(groups) + ",\n\"models\":" + lines(models) + "}\n";
}

} // namespace keywheel::state
