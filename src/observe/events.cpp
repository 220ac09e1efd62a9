#include "observe/events.hpp"

#include "observe/api_json.hpp"
#include "observe/json_member.hpp"
#include "observe/time_text.hpp"

#include <array>
#include <compare>
#include <map>

namespace keywheel::observe {

namespace {

/// A deadline is computed anew for each status, from two clocks: it may seem to move by this much.
constexpr std::chrono::milliseconds jitter{100};

/// Whose cooldown it is, and for what.
struct rest_place {
  std::string_view id;       ///< of the key; empty: the provider as a whole rests
  std::string_view provider; ///< empty: it is a key
  std::string_view scope;
  std::string_view model; ///< empty unless the scope has one
  auto operator<=>(const rest_place&) const = default;
};

using keys_by_id = std::map<std::string_view, const key_status*>;
using rests_by_place = std::map<rest_place, const cooldown_status*>;

/// One whose credential was replaced may be there twice: the one that is draining is left out.
keys_by_id keys_of(const status& of) {
  keys_by_id result;
  for (const auto& each : of.keys) {
    if (each.id.empty())
      continue; // it did not answer
    auto& place = result[each.id];
    if (place == nullptr || place->state == "draining")
      place = &each;
  }
  return result;
}

/// Where several cooldowns hold one place, the longest is what counts.
void add_rest(rests_by_place& to, const rest_place& where, const cooldown_status& what) {
  auto& place = to[where];
  if (place == nullptr || place->until < what.until)
    place = &what;
}

rests_by_place rests_of(const status& of, const keys_by_id& keys) {
  rests_by_place result;
  for (const auto& [id, key] : keys)
    for (const auto& each : key->cooldowns)
      add_rest(result, {id, {}, each.scope, each.model}, each);
  for (const auto& model : of.models)
    for (const auto& each : model.cooldowns)
      add_rest(result, {{}, model.provider, each.scope, model.name}, each);
  return result;
}

/// Compares what two moments say of one cooldown. Past its deadline it only waits for its probe.
bool is_extended(const cooldown_status& before, const cooldown_status& after) {
  return after.remaining_ms > 0
         && (before.remaining_ms == 0 || after.until > before.until + jitter);
}

bool is_same(const config::problem& a, const config::problem& b) {
  return a.line == b.line && a.column == b.column && a.message == b.message;
}

class finder {
public:
  explicit finder(wall_time at) : time_(rfc3339(at)) {}

  void compare_states(const keys_by_id& before, const keys_by_id& after) {
    for (const auto& [id, key] : after)
      if (const auto known = before.find(id);
          known != before.end() && known->second->state != key->state)
        add(event_kind::key, [&, then = known->second](json_writer& out) {
          put(out, "id", key->id);
          put(out, "from", then->state);
          put(out, "to", key->state);
        });
  }

  void compare_rests(const rests_by_place& before, const rests_by_place& after) {
    for (const auto& [where, rest] : before)
      if (after.count(where) == 0)
        add_cooldown("ended", where, *rest);
    for (const auto& [where, rest] : after)
      if (const auto known = before.find(where); known == before.end())
        add_cooldown("begins", where, *rest);
      else if (is_extended(*known->second, *rest))
        add_cooldown("extended", where, *rest);
  }

  void compare_configs(const config_status& before, const config_status& after) {
    if (after.generation != before.generation)
      add(event_kind::config, [&](json_writer& out) { put(out, "generation", after.generation); });
    if (after.last_error && !(before.last_error && is_same(*before.last_error, *after.last_error)))
      add(event_kind::config, [&](json_writer& out) {
        put(out, "generation", after.generation);
        dialect::put_name(out, "error");
        out.StartObject();
        put(out, "line", after.last_error->line);
        put(out, "column", after.last_error->column);
        put(out, "message", after.last_error->message);
        out.EndObject();
      });
  }

  std::vector<event> take() { return std::move(found_); }

private:
  template <class PutMembers>
  void add(event_kind what, PutMembers put_members) {
    found_.push_back({what, object_text([&](json_writer& out) {
                        put(out, "time", time_);
                        put_members(out);
                      })});
  }

  void add_cooldown(std::string_view what, const rest_place& where, const cooldown_status& rest) {
    add(event_kind::cooldown, [&](json_writer& out) {
      put(out, "what", what);
      put(out, where.id.empty() ? "provider" : "id", where.id.empty() ? where.provider : where.id);
      put(out, "scope", rest.scope);
      if (!where.model.empty())
        put(out, "model", where.model);
      put(out, "reason", rest.reason);
      put(out, "source", rest.source);
      put(out, "until", rfc3339(rest.until));
    });
  }

  std::string time_;
  std::vector<event> found_;
};

void still(std::vector<cooldown_status>& all) {
  for (auto& each : all) {
    each.until = {};
    each.remaining_ms = each.remaining_ms > 0 ? 1 : 0;
  }
}

} // namespace

std::string_view to_string(event_kind which) noexcept {
  constexpr std::array<std::string_view, event_kinds> names{"snapshot", "key", "cooldown", "config",
                                                            "audit"};
  return names[static_cast<std::size_t>(which)];
}

std::vector<event> compare(const status& before, const status& after, wall_time at) {
  const auto keys_before = keys_of(before);
  const auto keys_after = keys_of(after);
  finder result{at};
  result.compare_configs(before.config, after.config);
  result.compare_states(keys_before, keys_after);
  result.compare_rests(rests_of(before, keys_before), rests_of(after, keys_after));
  return result.take();
}

std::string look(status of) {
  for (auto& each : of.keys)
    still(each.cooldowns);
  for (auto& each : of.models)
    still(each.cooldowns);
  return snapshot_json(of);
}

event snapshot_event(const status& of) {
  return {event_kind::snapshot, snapshot_json(of)};
}

std::string stream_text(const event& what) {
  std::string result{"event: "};
  result.append(to_string(what.what)).append("\ndata: ").append(what.data).append("\n\n");
  return result;
}

} // namespace keywheel::observe
