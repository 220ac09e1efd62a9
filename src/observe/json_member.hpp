#pragma once

#include "dialect/json.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

/// JSON objects and their members, by the C++ type of their value.
namespace keywheel::observe {

using dialect::json_writer;

template <std::same_as<bool> Bool>
void put(json_writer& out, std::string_view name, Bool value) {
  dialect::put_name(out, name);
  out.Bool(value);
}

template <std::unsigned_integral Number>
requires(!std::same_as<Number, bool>) void put(json_writer& out, std::string_view name,
                                               Number value) {
  dialect::put_name(out, name);
  out.Uint64(value);
}

template <std::signed_integral Number>
void put(json_writer& out, std::string_view name, Number value) {
  dialect::put_name(out, name);
  out.Int64(value);
}

inline void put(json_writer& out, std::string_view name, std::string_view value) {
  dialect::put_member(out, name, value);
}

/// Makes the text of one JSON object: `put_members(out)` writes what is in it.
template <class PutMembers>
std::string object_text(PutMembers put_members) {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  out.StartObject();
  put_members(out);
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

/// An array; `put_one(out, x)` writes each of its values.
template <class Range, class PutOne>
void put_array(json_writer& out, std::string_view name, const Range& all, PutOne put_one) {
  dialect::put_name(out, name);
  out.StartArray();
  for (const auto& each : all)
    put_one(out, each);
  out.EndArray();
}

} // namespace keywheel::observe
