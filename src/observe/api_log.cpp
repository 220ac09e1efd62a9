#include "observe/api_log.hpp"

#include "observe/json_member.hpp"
#include "observe/log.hpp"

#include <rapidjson/document.h>

namespace keywheel::observe {

namespace {

api_error invalid(std::string message) {
  return {422, "invalid", std::move(message), 0, 0, {}, {}};
}

} // namespace

std::variant<spdlog::level::level_enum, api_error> read_log_patch(std::string_view body) {
  rapidjson::Document read;
  read.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body.data(),
                                                                                     body.size());
  if (read.HasParseError() || !read.IsObject())
    return api_error{400, "bad_request", "the body must be a JSON object", 0, 0, {}, {}};
  const auto level = read.FindMember("level");
  if (level == read.MemberEnd() || read.MemberCount() != 1 || !level->value.IsString())
    return invalid("the body must have the one field \"level\", a text");
  const std::string_view word{level->value.GetString(), level->value.GetStringLength()};
  const auto result = level_from_word(word);
  if (!result || *result == spdlog::level::critical)
    return invalid("level must be trace, debug, info, warning, error or off");
  return *result;
}

std::string log_json(spdlog::level::level_enum level) {
  return object_text([&](json_writer& out) { put(out, "level", level_word(level)); });
}

} // namespace keywheel::observe
