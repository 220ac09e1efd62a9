#include "tools/simulator/route.hpp"

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
      {"files", endpoint::files},
      {"models", endpoint::models},
  };
  for (auto& [name, where] : names)
    if (rest == name)
      return {where, speaks};
  if (consume(rest, "models/"))
    return {endpoint::model, speaks, rest};
  if (rest.find('/') != std::string_view::npos) {
    if (consume(rest, "responses/"))
      return {endpoint::response, speaks, rest};
    if (consume(rest, "files/"))
      return {endpoint::file, speaks, rest};
  }
  return {endpoint::unknown, speaks};
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
    return {endpoint::unknown, dialect::gemini};
  auto colon = rest.rfind(':');
  if (colon == std::string_view::npos)
    return {endpoint::model, dialect::gemini, rest};
  for (auto& [name, where] : methods)
    if (rest.substr(colon + 1) == name)
      return {where, dialect::gemini, rest.substr(0, colon)};
  return {endpoint::unknown, dialect::gemini};
}

} // namespace

route route_of(std::string_view path) {
  if (path == "/v1/messages")
    return {endpoint::messages, dialect::anthropic};
  if (path == "/v1/messages/count_tokens")
    return {endpoint::count_tokens, dialect::anthropic};
  if (consume(path, "/v1/"))
    return openai_route(path, dialect::openai);
  if (path.starts_with("/_sim/"))
    return {endpoint::control};
  if (consume(path, "/openai/"))
    return azure_route(path);
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
