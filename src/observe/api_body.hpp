#pragma once

#include "config/edit.hpp"
#include "observe/api_error.hpp"

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// JSON bodies that name fields of the configuration. For api_patch.cpp only.
namespace keywheel::observe {

enum class field_type : std::uint8_t {
  boolean,
  number,
  text,
  texts,
  credential, ///< "env:…", "file:…", or a secret to be kept in a file of its own
  hidden      ///< a text that may hold a secret
};

/// A field that a body may have. A name with a dot is that of a member of an object.
struct body_field {
  std::string_view name;
  field_type is;
};

/// The fields of a body in its order; nothing for null.
using fields_read = std::vector<std::pair<std::string, std::optional<config::value>>>;

/// 422: a field is wrong.
api_error invalid(std::string message);

/// A body, parsed. Its texts are overwritten when it goes, for some may be secrets.
class json_body {
public:
  explicit json_body(std::string_view text);
  json_body(const json_body&) = delete;
  json_body& operator=(const json_body&) = delete;
  ~json_body() { config::wipe(text_); }

  /// 400: why it is no JSON object.
  const std::optional<api_error>& error() const noexcept { return error_; }

  /// @pre !error()
  const rapidjson::Value& object() const noexcept { return json_; }
  rapidjson::Value& object() noexcept { return json_; }

private:
  std::string text_; ///< the document's texts are in it
  rapidjson::Document json_;
  std::optional<api_error> error_;
};

/// Reads the members of an object, and of objects in it. Refused with 422: one that is not `known`,
/// is there twice, or has the wrong type.
/// @param where what the object is called in errors: "", or "keys[0]."
/// @param nullable null is a value, too
std::variant<fields_read, api_error> read_fields(const rapidjson::Value& object,
                                                 std::span<const body_field> known,
                                                 const std::string& where, bool nullable);

} // namespace keywheel::observe
