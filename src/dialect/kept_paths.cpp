#include "dialect/kept_paths.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace keywheel::dialect {

namespace {

using format = route::body_format;

constexpr auto get = kept_path::get;
constexpr auto post = kept_path::post;
constexpr auto remove = kept_path::remove;
constexpr auto patch = kept_path::patch;

enum class effect : std::uint8_t { none, makes, lists, removes };

struct row {
  kept_path::method method;
  std::string_view path; ///< `*` stands for one segment; the first one is the id
  effect does = effect::none;
  format body = format::json;
};

// OpenAI's API reference. A batch's answers name its files once there are any.
constexpr std::array openai_rows{
    row{get, "/files", effect::lists},
    row{post, "/files", effect::makes, format::opaque},
    row{get, "/files/*"},
    row{remove, "/files/*", effect::removes},
    row{get, "/files/*/content"},
    row{get, "/batches", effect::lists},
    row{post, "/batches", effect::makes},
    row{get, "/batches/*", effect::makes},
    row{post, "/batches/*/cancel", effect::makes},
    row{get, "/responses/*"},
    row{remove, "/responses/*", effect::removes},
    row{post, "/responses/*/cancel"},
    row{get, "/responses/*/input_items"},
    row{post, "/uploads", effect::makes},
    row{post, "/uploads/*/parts", effect::none, format::opaque},
    row{post, "/uploads/*/complete", effect::makes},
    row{post, "/uploads/*/cancel"},
    row{post, "/conversations", effect::makes},
    row{get, "/conversations/*"},
    row{post, "/conversations/*"},
    row{remove, "/conversations/*", effect::removes},
    row{get, "/conversations/*/items"},
    row{post, "/conversations/*/items"},
    row{get, "/conversations/*/items/*"},
    row{remove, "/conversations/*/items/*"},
    row{get, "/chat/completions/*"},
    row{post, "/chat/completions/*"},
    row{remove, "/chat/completions/*", effect::removes},
    row{get, "/chat/completions/*/messages"},
};

// Azure has the first of these beside its v1.
constexpr std::size_t azure_size = 13;
static_assert(openai_rows[azure_size - 1].path == "/responses/*/input_items");

constexpr std::array anthropic_rows{
    row{get, "/v1/files", effect::lists},
    row{post, "/v1/files", effect::makes, format::opaque},
    row{get, "/v1/files/*"},
    row{remove, "/v1/files/*", effect::removes},
    row{get, "/v1/files/*/content"},
    row{get, "/v1/messages/batches", effect::lists},
    row{post, "/v1/messages/batches", effect::makes},
    row{get, "/v1/messages/batches/*"},
    row{remove, "/v1/messages/batches/*", effect::removes},
    row{post, "/v1/messages/batches/*/cancel"},
    row{get, "/v1/messages/batches/*/results"},
};

// A new cached content names its model: it is a call like those for an answer. A batch is made by
// a method of its model.
constexpr std::array gemini_rows{
    row{get, "/v1beta/files", effect::lists},
    row{post, "/v1beta/files", effect::makes},
    row{post, "/upload/v1beta/files", effect::makes, format::opaque},
    row{get, "/v1beta/files/*:download"},
    row{get, "/download/v1beta/files/*:download"},
    row{get, "/v1beta/files/*"},
    row{remove, "/v1beta/files/*", effect::removes},
    row{get, "/v1beta/cachedContents", effect::lists},
    row{get, "/v1beta/cachedContents/*"},
    row{patch, "/v1beta/cachedContents/*"},
    row{remove, "/v1beta/cachedContents/*", effect::removes},
    row{get, "/v1beta/batches", effect::lists},
    row{post, "/v1beta/batches/*:cancel"},
    row{get, "/v1beta/batches/*", effect::makes},
    row{remove, "/v1beta/batches/*", effect::removes},
};

struct row_list {
  const row* begin;
  const row* end;
};

row_list rows_of(kind dialect) noexcept {
  switch (dialect) {
  case kind::openai:
    return {openai_rows.data(), openai_rows.data() + openai_rows.size()};
  case kind::azure:
    return {openai_rows.data(), openai_rows.data() + azure_size};
  case kind::anthropic:
    return {anthropic_rows.data(), anthropic_rows.data() + anthropic_rows.size()};
  case kind::gemini:
    return {gemini_rows.data(), gemini_rows.data() + gemini_rows.size()};
  }
  return {nullptr, nullptr};
}

struct fit {
  std::string_view id;
  std::string_view collection;
};

/// The segment before a slash at `at`.
std::string_view segment_before(std::string_view path, std::size_t at) {
  return path.substr(path.rfind('/', at - 1) + 1, at - 1 - path.rfind('/', at - 1));
}

/// Fits a path to one with stars. A star takes a segment, without the `:method` that may follow
/// it: ids of Google have no colon.
std::optional<fit> fit_to(std::string_view pattern, std::string_view path) {
  fit result;
  std::size_t at = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '*') {
      if (at == path.size() || path[at++] != pattern[i])
        return std::nullopt;
      continue;
    }
    const bool method_follows = i + 1 < pattern.size() && pattern[i + 1] == ':';
    const std::size_t end =
        std::min(path.find_first_of(method_follows ? "/:" : "/", at), path.size());
    if (end == at)
      return std::nullopt;
    if (result.id.empty())
      result = {path.substr(at, end - at), segment_before(path, at - 1)};
    at = end;
  }
  return at == path.size() ? std::optional{result} : std::nullopt;
}

std::uint8_t method_of(std::string_view name) noexcept {
  if (name == "GET")
    return get;
  if (name == "POST")
    return post;
  if (name == "DELETE")
    return remove;
  return name == "PATCH" ? patch : kept_path::none;
}

} // namespace

std::optional<kept_path> kept_path_of(kind dialect, std::string_view method,
                                      std::string_view path) {
  const std::uint8_t asked = method_of(method);
  const row_list rows = rows_of(dialect);
  kept_path result;
  std::string_view first; // a path with a method of Google's is not also one without
  for (const row* each = rows.begin; each != rows.end; ++each) {
    const auto found = fit_to(each->path, path);
    if (!found || (!first.empty() && first != each->path))
      continue;
    first = each->path;
    result.allowed |= each->method;
    result.id = found->id;
    result.collection = found->collection;
    if (each->method != asked)
      continue;
    result.known_method = true;
    result.body = each->body;
    result.makes = each->does == effect::makes;
    result.lists = each->does == effect::lists;
    result.removes = each->does == effect::removes;
  }
  return first.empty() ? std::nullopt : std::optional{result};
}

std::string_view allow_of(std::uint8_t methods) noexcept {
  constexpr std::array<std::string_view, 16> lists{"",
                                                   "GET",
                                                   "POST",
                                                   "GET, POST",
                                                   "DELETE",
                                                   "GET, DELETE",
                                                   "POST, DELETE",
                                                   "GET, POST, DELETE",
                                                   "PATCH",
                                                   "GET, PATCH",
                                                   "POST, PATCH",
                                                   "GET, POST, PATCH",
                                                   "DELETE, PATCH",
                                                   "GET, DELETE, PATCH",
                                                   "POST, DELETE, PATCH",
                                                   "GET, POST, DELETE, PATCH"};
  return lists[methods & 15U];
}

} // namespace keywheel::dialect
