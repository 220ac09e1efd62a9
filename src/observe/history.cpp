#include "observe/history.hpp"

#include "observe/api_query.hpp"
#include "observe/json_member.hpp"
#include "observe/time_text.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace keywheel::observe {

namespace {

/// How far a counter has come, given that it may have begun anew or been corrected.
std::uint64_t growth(std::uint64_t before, std::uint64_t after) {
  if (after >= before)
    return after - before;
  return after >= before - before / 2 ? 0 : after;
}

/// One status may have two keys of one id: the one that leaves counts no more.
bool is_superseded(const key_status& key, const std::vector<key_status>& among) {
  return key.state == "draining"
         && std::any_of(among.begin(), among.end(), [&](const key_status& other) {
              return &other != &key && other.id == key.id && other.state != "draining";
            });
}

} // namespace

history::counts history::counters_of(const key_status& key) {
  return {key.requests, key.errors, key.input_tokens + key.output_tokens};
}

void history::take(const status& of, time_point now) {
  const auto is_first = !start_;
  if (is_first)
    start_ = last_ = now;
  const auto middle = last_ + (now - last_) / 2;
  last_ = now;
  go_to(minute_of(now));
  // A minute that has left the table takes what was counted in it along.
  const auto minute = std::max(minute_of(middle), minute_ - static_cast<std::int64_t>(steps) + 1);
  for (const auto& key : of.keys) {
    if (key.id.empty() || is_superseded(key, of.keys))
      continue;
    const auto counters = counters_of(key);
    auto& known = keys_[key.id];
    if (!is_first) {
      auto& to = known.minutes[static_cast<std::size_t>(minute) % steps];
      to.requests += growth(known.seen.requests, counters.requests);
      to.errors += growth(known.seen.errors, counters.errors);
      to.tokens += growth(known.seen.tokens, counters.tokens);
    }
    known.seen = counters;
  }
  drop_the_gone(of);
}

time_point history::next_step(time_point now) const {
  return *start_ + (minute_of(now) + 1) * step;
}

std::int64_t history::minute_of(time_point when) const {
  return (when - *start_) / step;
}

/// Makes `minute` the latest; those in between are empty.
void history::go_to(std::int64_t minute) {
  const auto passed = std::min(minute - minute_, static_cast<std::int64_t>(steps));
  for (std::int64_t i = 0; i < passed; ++i)
    for (auto& [id, key] : keys_)
      key.minutes[static_cast<std::size_t>(minute - i) % steps] = {};
  minute_ = std::max(minute_, minute);
}

/// A key that gave no answer this time is not gone: the configuration still has it.
void history::drop_the_gone(const status& of) {
  std::set<std::string_view> here;
  for (const auto& key : of.keys)
    here.insert(key.id);
  const auto is_configured = [&](std::string_view id) {
    if (!of.snapshot)
      return false;
    const auto provider = of.snapshot->providers.find(std::string{id.substr(0, id.find('/'))});
    return provider != of.snapshot->providers.end()
           && std::any_of(provider->second.keys.begin(), provider->second.keys.end(),
                          [&](const config::key_config& key) { return key.id() == id; });
  };
  std::erase_if(keys_, [&](const auto& known) {
    return here.count(known.first) == 0 && !is_configured(known.first);
  });
}

std::string history::json(std::size_t minutes, time_point now, wall_time wall_now) const {
  const auto last = start_ ? std::max(minute_of(now), minute_) : 0;
  const auto until = start_ ? wall_now + (*start_ + (last + 1) * step - now) : wall_now;
  const auto put_counts = [&](json_writer& out, std::string_view name, const entry& of,
                              std::uint64_t counts::*which) {
    dialect::put_name(out, name);
    out.StartArray();
    for (auto i = last - static_cast<std::int64_t>(minutes) + 1; i <= last; ++i) {
      const auto is_known =
          i >= 0 && i <= minute_ && i + static_cast<std::int64_t>(steps) > minute_;
      out.Uint64(is_known ? of.minutes[static_cast<std::size_t>(i) % steps].*which : 0);
    }
    out.EndArray();
  };
  return object_text([&](json_writer& out) {
    put(out, "step_s", step.count());
    put(out, "until", rfc3339(std::chrono::time_point_cast<wall_time::duration>(until)));
    put_array(out, "keys", keys_, [&](json_writer& to, const auto& known) {
      to.StartObject();
      put(to, "id", known.first);
      put_counts(to, "requests", known.second, &counts::requests);
      put_counts(to, "errors", known.second, &counts::errors);
      put_counts(to, "tokens", known.second, &counts::tokens);
      to.EndObject();
    });
  });
}

std::variant<std::size_t, api_error> read_minutes(std::string_view query) {
  auto read = read_parameter(query, "minutes");
  if (auto* error = std::get_if<api_error>(&read))
    return std::move(*error);
  const auto& text = std::get<std::optional<std::string>>(read);
  if (!text)
    return history::steps;
  std::size_t result = 0;
  const auto* end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, result);
  if (error != std::errc{} || at != end || result < 1 || result > history::steps)
    return bad_query("minutes= takes a number from 1 to " + std::to_string(history::steps));
  return result;
}

} // namespace keywheel::observe
