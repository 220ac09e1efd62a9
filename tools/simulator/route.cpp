#include "tools/simulator/route.hpp"

#include <algorithm>
#include <utility>

namespace keywheel::simulator {
namespace {

/// Removes `prefix` from the front of `text` if it is there.
bool consume(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix))
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// What may follow the id of something that is kept; empty: nothing.
endpoint part_route(std::string_view part) {
  if (part.empty())
    return endpoint::kept;
  if (part == "/cancel")
    return endpoint::kept_cancel;
  bool known = part == "/content" || part == "/input_items" || part == "/items"
               || part == "/results" || part == ":download";
  return known ? endpoint::kept_part : endpoint::unknown;
}

/// A collection of what an organisation keeps, one of it, or a part of that.
route kept_route(std::string_view rest, dialect speaks) {
  static constexpr std::string_view openai[] = {"files", "batches", "responses", "conversations"};
  static constexpr std::string_view anthropic[] = {"files", "messages/batches"};
  static constexpr std::string_view gemini[] = {"files", "cachedContents"};
  auto among = [&](auto& names) -> route {
    for (auto name : names) {
      auto behind = rest;
      if (!consume(behind, name))
        continue;
      if (behind.empty())
        return {
            name == "conversations" ? endpoint::kept_new : endpoint::kept_list, speaks, {}, name};
      if (behind.size() < 2 || behind.front() != '/')
        continue;
      auto end = std::min(behind.find_first_of("/:", 1), behind.size());
      auto id =
          speaks == dialect::gemini ? rest.substr(0, name.size() + end) : behind.substr(1, end - 1);
      return {part_route(behind.substr(end)), speaks, id, name};
    }
    return {endpoint::unknown, speaks};
  };
  switch (speaks) {
  case dialect::anthropic:
    return among(anthropic);
  case dialect::gemini:
    return among(gemini);
  default:
    return among(openai);
  }
}

/// The endpoint behind "/v1/", a deployment's name or "/openai/".
route openai_route(std::string_view rest, dialect speaks) {
  static constexpr std::pair<std::string_view, endpoint> names[] = {
      {"chat/completions", endpoint::chat_completions},
      {"completions", endpoint::completions},
      {"responses", endpoint::responses},
      {"embeddings", endpoint::embeddings},
      {"moderations", endpoint::moderations},
      {"rerank", endpoint::rerank},
      {"images/generations", endpoint::image_generations},
      {"images/edits", endpoint::image_edits},
      {"images/variations", endpoint::image_variations},
      {"audio/speech", endpoint::speech},
      {"audio/transcriptions", endpoint::transcriptions},
      {"audio/translations", endpoint::translations},
      {"models", endpoint::models},
  };
  for (auto& [name, where] : names)
    if (rest == name)
      return {where, speaks};
  if (consume(rest, "models/"))
    return {endpoint::model, speaks, rest};
  return kept_route(rest, speaks);
}

route azure_route(std::string_view rest) {
  if (consume(rest, "v1/"))
    return openai_route(rest, dialect::azure);
  if (!consume(rest, "deployments/"))
    return openai_route(rest, dialect::azure);
  auto slash = rest.find('/');
  if (slash == std::string_view::npos)
    return {endpoint::unknown, dialect::azure};
  auto result = openai_route(rest.substr(slash + 1), dialect::azure);
  if (result.name.empty())
    result.name = rest.substr(0, slash);
  return result;
}

route gemini_route(std::string_view rest) {
  static constexpr std::pair<std::string_view, endpoint> methods[] = {
      {"generateContent", endpoint::generate_content},
      {"streamGenerateContent", endpoint::stream_generate_content},
      {"embedContent", endpoint::embed_content},
      {"batchEmbedContents", endpoint::batch_embed_contents},
      {"countTokens", endpoint::count_tokens},
  };
  if (rest == "models")
    return {endpoint::models, dialect::gemini};
  if (!consume(rest, "models/"))
    return kept_route(rest, dialect::gemini);
  auto colon = rest.rfind(':');
  if (colon == std::string_view::npos)
    return {endpoint::model, dialect::gemini, rest};
  for (auto& [name, where] : methods)
    if (rest.substr(colon + 1) == name)
      return {where, dialect::gemini, rest.substr(0, colon)};
  return {endpoint::unknown, dialect::gemini};
}

} // namespace

route route_of(std::string_view path, bool anthropic) {
  if (path == "/v1/messages")
    return {endpoint::messages, dialect::anthropic};
  if (path == "/v1/messages/count_tokens")
    return {endpoint::count_tokens, dialect::anthropic};
  if (path.starts_with("/v1/messages/batches") || (anthropic && path.starts_with("/v1/files")))
    return kept_route(path.substr(4), dialect::anthropic);
  if (consume(path, "/v1/"))
    return openai_route(path, dialect::openai);
  if (path.starts_with("/_sim/"))
    return {endpoint::control};
  if (consume(path, "/openai/"))
    return azure_route(path);
  if (path == "/upload/v1beta/files")
    return {endpoint::upload, dialect::gemini, {}, "files"};
  consume(path, "/download");
  if (consume(path, "/v1beta/"))
    return gemini_route(path);
  return {};
}

std::string_view query_value(std::string_view target, std::string_view name) {
  auto at = target.find('?');
  while (at != std::string_view::npos) {
    auto end = target.find('&', at + 1);
    auto pair = target.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
    if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=')
      return pair.substr(name.size() + 1);
    at = end;
  }
  return {};
}

std::string_view request_view::credential(dialect speaks) const {
  auto first = [this](const slice& own, const slice& other) {
    return (own.size > 0 ? own : other).in(base);
  };
  switch (speaks) {
  case dialect::azure:
    return first(head.api_key, head.bearer);
  case dialect::anthropic:
    return first(head.x_api_key, head.bearer);
  case dialect::gemini:
    return head.x_goog_api_key.size > 0 ? head.x_goog_api_key.in(base) : query_value(target, "key");
  default:
    return head.bearer.in(base);
  }
}

} // namespace keywheel::simulator
