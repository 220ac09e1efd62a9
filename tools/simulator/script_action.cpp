#include "tools/simulator/script_field.hpp"

#include <algorithm>
#include <array>

/// The fields of actions and incidents.
namespace keywheel::simulator {
namespace {

/// The words of `do`, with what they set.
enum class verb : std::uint8_t {
  revoke,
  restore,
  exhaust,
  disable,
  limits,
  overload,
  no_capacity,
  recover,
  latency,
  fault,
  close,
};

constexpr std::array<std::string_view, 11> verb_names = {
    "revoke",      "restore", "exhaust", "disable", "limits",           "overload",
    "no_capacity", "recover", "latency", "fault",   "close_connections"};
static_assert(verb_names.size() == static_cast<std::size_t>(verb::close) + 1);

void set_standing(action& result, standing state) {
  result.what = action::kind::standing;
  result.state = state;
}

void set_trouble(action& result, model_trouble trouble) {
  result.what = action::kind::trouble;
  result.trouble = trouble;
}

void set_verb(action& result, verb what) {
  switch (what) {
  case verb::revoke:
    return set_standing(result, standing::revoked);
  case verb::restore:
    return set_standing(result, standing::good);
  case verb::exhaust:
    return set_standing(result, standing::unpaid);
  case verb::disable:
    return set_standing(result, standing::disabled);
  case verb::overload:
    return set_trouble(result, model_trouble::overload);
  case verb::no_capacity:
    return set_trouble(result, model_trouble::capacity);
  case verb::recover:
    return set_trouble(result, model_trouble::none);
  case verb::limits:
    result.what = action::kind::limits;
    return;
  case verb::latency:
    result.what = action::kind::latency;
    return;
  case verb::fault:
    result.what = action::kind::fault;
    return;
  case verb::close:
    result.what = action::kind::close;
    return;
  }
}

/// Sets what `name` says beside the verb. Returns false if it says nothing.
bool object_field(action& result, std::string_view name, const field& value) {
  if (name == "key")
    result.key = value.line();
  else if (name == "organization")
    result.organization = value.line();
  else if (name == "model")
    result.model = value.line();
  else if (name == "latency")
    result.latency = value.duration();
  else if (name == "fault")
    result.broken.what = fault_fields(value);
  else
    return limit_field(result.limits, name, value);
  return true;
}

void check(const field& table, const action& what, bool latency, bool fault) {
  bool of_someone = what.what == action::kind::standing || what.what == action::kind::limits;
  if (of_someone && what.key.empty() == what.organization.empty())
    table.fail("needs a key or an organization");
  if (what.what == action::kind::limits && !what.organization.empty() && !what.model.empty())
    table.fail("an organization has no limits of a model");
  if ((what.what == action::kind::latency) != latency)
    table.fail(latency ? "latency: means nothing here" : "needs a latency");
  if ((what.what == action::kind::fault) != fault)
    table.fail(fault ? "fault: means nothing here" : "needs a fault");
}

} // namespace

incident_step step_fields(const field& table, bool timed) {
  incident_step result;
  bool verb_found = false, at_found = !timed, latency = false, fault = false;
  table.members([&](std::string_view name, const field& value) {
    if (name == "do") {
      set_verb(result.what, static_cast<verb>(field_choice(value, verb_names, "action")));
      verb_found = true;
    } else if (name == "at" && timed) {
      result.at = value.duration();
      at_found = true;
    } else {
      latency = latency || name == "latency";
      fault = fault || name == "fault";
      return object_field(result.what, name, value);
    }
    return true;
  });
  if (!verb_found)
    table.fail("needs something to do");
  if (!at_found)
    table.fail("needs a time (at)");
  check(table, result.what, latency, fault);
  if (fault && !result.what.key.empty())
    result.what.broken.key = std::exchange(result.what.key, {});
  return result;
}

std::vector<incident_step> incident_fields(const field& value) {
  std::vector<incident_step> result;
  value.elements([&](const field& entry) { result.push_back(step_fields(entry, true)); });
  std::stable_sort(result.begin(), result.end(), [](auto& a, auto& b) { return a.at < b.at; });
  return result;
}

} // namespace keywheel::simulator
