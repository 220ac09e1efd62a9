#include "observe/audit.hpp"

#include "observe/json_member.hpp"
#include "observe/time_text.hpp"

#include <rapidjson/document.h>

#include <algorithm>

namespace keywheel::observe {

namespace {

constexpr std::size_t longest_user = 64;

bool is_object(const std::string& line) {
  rapidjson::Document json;
  json.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(line.data(),
                                                                                     line.size());
  return !json.HasParseError() && json.IsObject();
}

} // namespace

std::string audit_json(const audit_entry& of) {
  return object_text([&](json_writer& out) {
    put(out, "time", rfc3339(of.time));
    put(out, "who", of.who);
    put(out, "what", of.what);
    put(out, "target", of.target);
    put_array(out, "fields", of.fields,
              [](json_writer& to, const std::string& each) { dialect::put_string(to, each); });
    put(out, "generation", of.generation);
  });
}

std::string audit_list_json(const std::vector<std::string>& lines) {
  std::string result;
  for (const auto& line : lines)
    if (is_object(line))
      result += (result.empty() ? "" : ",") + line;
  return R"({"entries":[)" + result + "]}";
}

std::string who_asks(std::string_view address, std::string_view user) {
  auto result = "admin@" + std::string{address};
  if (!user.empty())
    result += " (" + std::string{user} + ")";
  return result;
}

bool is_user_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= longest_user
         && std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
}

} // namespace keywheel::observe
