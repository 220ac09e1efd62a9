#include "tests/balance/simulation/shrink.hpp"

#include "tests/balance/simulation/world.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

namespace keywheel::balance::test {

namespace {

using what = reduction::what;

/// The simplifications, from those that make most of a difference on.
constexpr std::array<void (*)(plan&), 15> simplifications{{
    [](plan& of) { of.max_delay = {}; },
    [](plan& of) { of.max_lateness = {}; },
    [](plan& of) { of.jitter = false; },
    [](plan& of) { of.line.sticky = false; },
    [](plan& of) { of.line.strategy = config::strategy_kind::round_robin; },
    [](plan& of) { of.group_budgets = {}; },
    [](plan& of) {
      std::for_each(of.keys.begin(), of.keys.end(), [](auto& k) { k.budgets = {}; });
    },
    [](plan& of) { std::for_each(of.keys.begin(), of.keys.end(), [](auto& k) { k.group = 0; }); },
    [](plan& of) {
      std::for_each(of.keys.begin(), of.keys.end(), [](auto& k) { k.organization = 0; });
    },
    [](plan& of) {
      std::for_each(of.keys.begin(), of.keys.end(), [](auto& k) { k.exhausted = 0; });
    },
    [](plan& of) {
      std::for_each(of.keys.begin(), of.keys.end(), [](auto& k) { k.percent = {}; });
    },
    [](plan& of) {
      std::for_each(of.calls.begin(), of.calls.end(), [](auto& c) { c.leaves = {}; });
    },
    [](plan& of) {
      std::for_each(of.calls.begin(), of.calls.end(), [](auto& c) { c.client = 0; });
    },
    [](plan& of) {
      std::for_each(of.calls.begin(), of.calls.end(), [](auto& c) {
        c.arrives = std::chrono::floor<std::chrono::seconds>(c.arrives);
      });
    },
    [](plan& of) {
      std::for_each(of.calls.begin(), of.calls.end(), [](auto& c) { c.bound.reset(); });
    },
}};

void apply(const reduction& one, plan& to) {
  const auto is_it = [&](const auto& which) { return which.number == one.number; };
  switch (one.is) {
  case what::call:
    std::erase_if(to.calls, is_it);
    return;
  case what::key:
    // Its number stays taken, so that the others keep theirs.
    for (auto& key : to.keys)
      if (is_it(key))
        key.models = 0;
    return;
  case what::change:
    std::erase_if(to.changes, is_it);
    return;
  case what::storm:
    std::erase_if(to.storms, is_it);
    return;
  case what::simpler:
    if (one.number < simplifications.size())
      simplifications[one.number](to);
  }
}

/// All that can be tried on a plan.
std::vector<reduction> candidates(const plan& of) {
  std::vector<reduction> result;
  for (auto i = of.calls.rbegin(); i != of.calls.rend(); ++i)
    result.push_back({what::call, i->number});
  for (const auto& one : of.keys)
    if (one.models != 0)
      result.push_back({what::key, one.number});
  for (const auto& one : of.changes)
    result.push_back({what::change, one.number});
  for (const auto& one : of.storms)
    result.push_back({what::storm, one.number});
  for (std::uint32_t i = 0; i < simplifications.size(); ++i)
    result.push_back({what::simpler, i});
  return result;
}

double seconds(duration of) {
  return std::chrono::duration<double>(of).count();
}

} // namespace

plan cook(const recipe& from) {
  auto result = random_plan(emphasis_of(from.seed), from.seed);
  for (const auto& one : from.without)
    apply(one, result);
  return result;
}

std::string to_string(const recipe& of) {
  auto result = std::to_string(of.seed);
  auto separator = '/';
  for (const auto& one : of.without) {
    result += std::exchange(separator, ',');
    result += static_cast<char>(one.is) + std::to_string(one.number);
  }
  return result;
}

std::optional<recipe> recipe_from(std::string_view text) {
  recipe result;
  const auto* const end = text.data() + text.size();
  auto [at, bad] = std::from_chars(text.data(), end, result.seed);
  if (bad != std::errc{})
    return std::nullopt;
  for (auto separator = '/'; at != end; separator = ',') {
    reduction one;
    if (*at != separator || end - at < 3
        || std::string_view{"ckesz"}.find(at[1]) == std::string_view::npos)
      return std::nullopt;
    one.is = static_cast<what>(at[1]);
    const auto read = std::from_chars(at + 2, end, one.number);
    if (read.ec != std::errc{})
      return std::nullopt;
    at = read.ptr;
    result.without.push_back(one);
  }
  return result;
}

std::string describe(const plan& of) {
  std::ostringstream result;
  result << "delay " << seconds(of.max_delay) << " lateness " << seconds(of.max_lateness)
         << " service " << seconds(of.longest_service) << " models " << of.models << " wait "
         << seconds(of.line.max_wait) << " line " << of.line.max_calls << " strategy "
         << config::to_string(of.line.strategy) << (of.line.sticky ? " sticky" : "")
         << " rate_limit " << seconds(of.line.cooldown.rate_limit) << " hints "
         << of.line.cooldown.use_hints << " attempts " << of.max_attempts << " replay "
         << of.replay_unanswered << '\n';
  for (const auto& key : of.keys) {
    result << "key " << key.number << " enabled " << key.enabled << " models " << (key.models & 3U)
           << " group " << key.group << " organization " << key.organization << " in flight "
           << key.budgets.max_in_flight << " rpm " << key.budgets.rpm << " tpm " << key.budgets.tpm
           << " certain " << key.certain << " exhausted " << key.exhausted << " outcomes";
    for (const auto share : key.percent)
      result << ' ' << +share;
    result << '\n';
  }
  for (const auto& call : of.calls) {
    result << "call " << call.number << " at " << seconds(call.arrives) << " model " << call.model
           << " client " << call.client << " deadline " << seconds(call.deadline) << " tokens "
           << call.tokens << " used " << call.used;
    if (call.leaves)
      result << " leaves " << seconds(*call.leaves);
    if (call.always)
      result << " always " << static_cast<int>(*call.always);
    result << '\n';
  }
  for (const auto& one : of.changes)
    result << "change " << one.number << " at " << seconds(one.when) << " kind "
           << static_cast<int>(one.is) << " choice " << one.choice << '\n';
  for (const auto& one : of.storms)
    result << "storm " << one.number << " from " << seconds(one.from) << " to " << seconds(one.to)
           << " outcome " << static_cast<int>(one.is) << '\n';
  return result.str();
}

std::optional<rule> broken_by(const recipe& from, flaw wrong) {
  try {
    world{cook(from), wrong}.run();
  } catch (const violation& what) {
    return what.broken;
  }
  return std::nullopt;
}

recipe shrunk(recipe from, rule broken, flaw wrong) {
  for (bool smaller = true; std::exchange(smaller, false);)
    for (const auto& one : candidates(cook(from))) {
      if (std::find(from.without.begin(), from.without.end(), one) != from.without.end())
        continue;
      from.without.push_back(one);
      if (broken_by(from, wrong) == broken)
        smaller = true;
      else
        from.without.pop_back();
    }
  return from;
}

std::string report(const recipe& from, const violation& what, flaw wrong) {
  const auto smallest = shrunk(from, what.broken, wrong);
  std::vector<std::string> trace;
  std::string said;
  world again{cook(smallest), wrong};
  again.trace = &trace;
  try {
    again.run();
  } catch (const violation& same) {
    said = same.what();
  }
  std::string result = what.what();
  result += "\nseed " + std::to_string(from.seed)
            + ", shrunk: replay with KEYWHEEL_PLAN=" + to_string(smallest) + "\n" + said + "\n"
            + describe(cook(smallest)) + "the last steps:";
  for (auto i = trace.size() - std::min<std::size_t>(trace.size(), 40); i < trace.size(); ++i)
    result += "\n  " + trace[i];
  return result;
}

} // namespace keywheel::balance::test
