#include "tools/simulator/script_field.hpp"

#include <array>

/// The fields of keys, organisations and faults.
namespace keywheel::simulator {
namespace {

constexpr std::array<std::string_view, 14> kind_names = {
    "status",     "latency",      "close",          "reset",         "close_in_body",
    "garbage",    "never_answer", "slow",           "stop_reading",  "stream_error",
    "cut_stream", "revoke",       "stream_garbage", "stream_silence"};
static_assert(kind_names.size() == static_cast<std::size_t>(fault_kind::stream_silence) + 1);

constexpr std::array<std::string_view, 4> standing_names = {"good", "revoked", "unpaid",
                                                            "disabled"};
static_assert(standing_names.size() == static_cast<std::size_t>(standing::disabled) + 1);

constexpr std::array<std::string_view, 5> form_names = {"usual", "failed", "string", "data", "raw"};
static_assert(form_names.size() == static_cast<std::size_t>(error_form::raw) + 1);

std::vector<model_limits> model_fields(const field& table) {
  std::vector<model_limits> result;
  table.members([&](std::string_view model, const field& limits) {
    model_limits entry{std::string{model}, {}};
    limits.members([&](std::string_view name, const field& value) {
      return limit_field(entry.limits, name, value);
    });
    result.push_back(std::move(entry));
    return true;
  });
  return result;
}

} // namespace

std::string_view to_string(fault_kind kind) {
  return kind_names[static_cast<std::size_t>(kind)];
}

std::vector<std::string> string_list(const field& value) {
  std::vector<std::string> result;
  value.elements([&](const field& entry) { result.push_back(entry.string()); });
  return result;
}

bool limit_field(key_limits& result, std::string_view name, const field& value) {
  if (name == "rpm")
    result.rpm = value.number(0, max_limit);
  else if (name == "tpm")
    result.tpm = value.number(0, max_limit);
  else if (name == "max_concurrent")
    result.max_concurrent = value.number(0, max_limit);
  else if (name == "rpd")
    result.rpd = value.number(0, max_limit);
  else if (name == "tpd")
    result.tpd = value.number(0, max_limit);
  else
    return false;
  return true;
}

standing standing_field(const field& value) {
  return static_cast<standing>(field_choice(value, standing_names, "standing"));
}

key_options key_fields(const field& table, const key_limits& base) {
  key_options result;
  auto limits = base;
  bool limited = false;
  table.members([&](std::string_view name, const field& value) {
    if (name == "name")
      result.name = value.line();
    else if (name == "secret")
      result.secret = value.line();
    else if (name == "organization")
      result.organization = value.line();
    else if (name == "models")
      result.models = model_fields(value);
    else if (name == "may_use")
      result.may_use = string_list(value);
    else if (name == "standing")
      result.state = standing_field(value);
    else if (limit_field(limits, name, value))
      limited = true;
    else
      return false;
    return true;
  });
  if (result.name.empty() || result.name == "*")
    table.fail("needs a name");
  if (limited)
    result.limits = limits;
  return result;
}

organization_options organization_fields(const field& table) {
  organization_options result;
  table.members([&](std::string_view name, const field& value) {
    if (name == "name")
      result.name = value.line();
    else if (name == "standing")
      result.state = standing_field(value);
    else
      return limit_field(result.limits, name, value);
    return true;
  });
  if (result.name.empty())
    table.fail("needs a name");
  return result;
}

fault fault_fields(const field& table) {
  fault result;
  bool kind = false, times = false;
  table.members([&](std::string_view name, const field& value) {
    if (name == "kind") {
      result.kind = static_cast<fault_kind>(field_choice(value, kind_names, "kind of fault"));
      kind = true;
    } else if (name == "status") {
      result.status = static_cast<int>(value.number(200, 599));
      kind = true;
    } else if (name == "headers") {
      value.members([&](std::string_view header, const field& text) {
        result.headers.emplace_back(header, text.line());
        return header.find_first_of(" :\r\n\t") == std::string_view::npos && !header.empty();
      });
    } else if (name == "body") {
      result.body = value.text_or_json();
    } else if (name == "delay") {
      result.delay = value.duration();
    } else if (name == "interval") {
      result.interval = value.duration();
    } else if (name == "after") {
      result.after = value.size(INT32_MAX);
    } else if (name == "bytes") {
      result.bytes = static_cast<std::size_t>(value.number(1, INT32_MAX));
    } else if (name == "form") {
      result.form = static_cast<error_form>(field_choice(value, form_names, "form of error"));
    } else if (name == "early") {
      result.early = value.boolean();
    } else if (name == "skip") {
      result.skip = static_cast<int>(value.number(0, INT32_MAX));
    } else if (name == "times") {
      result.times = static_cast<int>(value.number(-1, INT32_MAX));
      times = true;
    } else {
      return false;
    }
    return true;
  });
  if (!kind)
    table.fail("needs a kind or a status");
  // A key stays revoked until the fault is deleted.
  if (result.kind == fault_kind::revoke && !times)
    result.times = -1;
  return result;
}

scripted_fault scripted_fault_fields(const field& table) {
  scripted_fault result;
  bool found = false;
  table.members([&](std::string_view name, const field& value) {
    if (name == "key") {
      result.key = value.string();
    } else if (name == "fault") {
      result.what = fault_fields(value);
      found = true;
    } else {
      return false;
    }
    return true;
  });
  if (!found)
    table.fail("needs a fault");
  return result;
}

std::vector<scripted_fault> fault_list(const field& value) {
  std::vector<scripted_fault> result;
  value.elements([&](const field& entry) { result.push_back(scripted_fault_fields(entry)); });
  return result;
}

} // namespace keywheel::simulator
