#pragma once

#include "tools/simulator/simulator.hpp"

#include <rapidjson/document.h>

#include <stdexcept>

/// The fields of the script file and of the control API: one reader for both. The file's TOML is
/// turned into JSON first.
namespace keywheel::simulator {

/// A field that is unknown or has the wrong type or value; the text names it.
class script_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// A whole script file.
options read_options(const rapidjson::Value& object);

/// The incident of a file of its own: replaces the one of `result`, whose names it may use.
void read_incident(options& result, const rapidjson::Value& object);

/// One action: the fields of an incident's step without `at`.
action read_action(const rapidjson::Value& object);

/// One `{"key":…,"fault":{…}}` or an array of them.
std::vector<scripted_fault> read_faults(const rapidjson::Value& value);

/// The fields of one key. Limits that are given replace those of `base`; without any the result
/// has none.
key_options read_key(const rapidjson::Value& object, const key_limits& base);

} // namespace keywheel::simulator
