#include "dialect/route.hpp"

#include "dialect/percent.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace keywheel::dialect {

namespace {

using what = route::what;

using format = route::body_format;

struct post_path {
  std::string_view path;
  format body = format::json;
};

// OpenAI's API reference; rerank as Cohere, Jina and vLLM have it. Each is under /v1.
constexpr std::array openai_posts{
    post_path{"/chat/completions"},
    post_path{"/completions"},
    post_path{"/responses"},
    post_path{"/responses/compact"},
    post_path{"/responses/input_tokens"},
    post_path{"/embeddings"},
    post_path{"/moderations"},
    post_path{"/rerank"},
    post_path{"/images/generations"},
    post_path{"/images/edits", format::form},
    post_path{"/images/variations", format::form},
    post_path{"/audio/speech"},
    post_path{"/audio/transcriptions", format::form},
    post_path{"/audio/translations", format::form},
};

// OpenAI's protocol stands at the first, and at an Azure resource's v1 at the second.
constexpr std::array<std::string_view, 2> openai_roots{"/v1", "/openai/v1"};

constexpr std::array<std::string_view, 2> anthropic_posts{"/v1/messages",
                                                          "/v1/messages/count_tokens"};

// Azure's, without a deployment in the path. Each is under /openai.
constexpr std::array<std::string_view, 1> azure_posts{"/responses"};

// Query parameters that carry a credential: Google's system parameters, Azure API Management.
constexpr std::array<std::string_view, 4> credential_names{"key", "access_token", "api-key",
                                                           "subscription-key"};

template <class List>
bool contains(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// Whether each segment is there and none goes up: what is left means the same to every server.
bool has_clean_segments(std::string_view path) {
  for (;;) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment.empty() || segment == "." || segment == "..")
      return false;
    if (slash == std::string_view::npos)
      return true;
    path.remove_prefix(slash + 1);
  }
}

/// What follows `prefix` in a path, if that ends where a segment does.
std::optional<std::string_view> after(std::string_view path, std::string_view prefix) {
  if (path.substr(0, prefix.size()) != prefix)
    return std::nullopt;
  const std::string_view rest = path.substr(prefix.size());
  if (!rest.empty() && rest.front() != '/')
    return std::nullopt;
  return rest;
}

/// A path that will be sent on as it is: nothing in it may be encoded.
bool is_literal(std::string_view path) {
  return std::all_of(path.begin(), path.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/'
           || c == '-' || c == '_' || c == '.';
  });
}

bool is_target_byte(char c) {
  return c > ' ' && c != 0x7f && c != '#';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::optional<std::string> model_of(std::string_view encoded) {
  auto model = percent_decode(encoded);
  if (!model || !has_clean_segments(*model))
    return std::nullopt;
  return model;
}

/// What is left of a query, `?` included, without credentials; the first of those goes to `found`.
std::string without_credentials(std::string_view query, std::string& found) {
  std::string result;
  while (!query.empty()) {
    const std::size_t size = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, size);
    query.remove_prefix(std::min(size + 1, query.size()));
    const std::size_t name_size = std::min(parameter.find('='), parameter.size());
    const auto name = percent_decode(parameter.substr(0, name_size));
    if (!name || !contains(credential_names, *name)) {
      result += result.empty() ? '?' : '&';
      result += parameter;
    } else if (found.empty() && name_size < parameter.size()) {
      found = percent_decode(parameter.substr(name_size + 1)).value_or("");
    }
  }
  return result;
}

/// Reads one path into `to`, which has the dialect for unknown paths and, as tail, the query.
class reader {
public:
  reader(std::string_view method, std::string_view path, route& to)
      : is_post_{method == "POST"},
        is_get_{method == "GET" || method == "HEAD"},
        path_{path},
        to_{to} {}

  void read() {
    if (path_.substr(0, 1) != "/" || !has_clean_segments(path_.substr(1)))
      return;
    if (contains(anthropic_posts, path_))
      return post(kind::anthropic, path_);
    if (const auto rest = after(path_, "/v1beta/models"))
      return gemini(*rest);
    for (const std::string_view root : openai_roots)
      if (const auto rest = after(path_, root))
        return openai(*rest);
    if (const auto rest = after(path_, "/openai"))
      azure(*rest);
  }

private:
  void post(kind dialect, std::string_view tail) {
    to_.dialect = dialect;
    if (!is_post_) {
      to_.is = what::wrong_method;
      to_.allow = "POST";
      return;
    }
    to_.is = what::call;
    to_.tail.insert(0, tail);
  }

  void post_with_model(kind dialect, std::string_view encoded, std::string_view tail) {
    auto model = model_of(encoded);
    if (!model)
      return;
    post(dialect, tail);
    if (to_.is == what::call) {
      to_.model_in = route::model_place::path;
      to_.model = std::move(*model);
    }
  }

  void models(kind dialect, std::string_view rest) {
    auto model = rest.empty() ? std::string{} : model_of(rest.substr(1));
    if (!model)
      return;
    to_.dialect = dialect;
    if (!is_get_) {
      to_.is = what::wrong_method;
      to_.allow = "GET, HEAD";
      return;
    }
    to_.is = rest.empty() ? what::list_models : what::one_model;
    to_.model = std::move(*model);
  }

  void openai(std::string_view rest) {
    if (const auto model = after(rest, "/models"))
      return models(to_.dialect, *model);
    for (const post_path& known : openai_posts)
      if (known.path == rest) {
        to_.body = known.body;
        return post(kind::openai, rest);
      }
  }

  /// `/{model}:{method}`, or a model to look up. A name may have colons of its own ("llama3:8b");
  /// Google's methods are words of letters.
  void gemini(std::string_view rest) {
    const std::size_t colon = rest.rfind(':');
    if (colon == std::string_view::npos || colon + 1 == rest.size()
        || !std::all_of(rest.begin() + static_cast<std::ptrdiff_t>(colon) + 1, rest.end(),
                        is_letter))
      return models(kind::gemini, rest);
    post_with_model(kind::gemini, rest.substr(1, colon - 1), rest.substr(colon));
  }

  /// What stands beside an Azure resource's v1, and needs an `api-version`.
  void azure(std::string_view rest) {
    if (const auto model = after(rest, "/models"))
      return models(kind::azure, *model);
    if (contains(azure_posts, rest))
      return post(kind::azure, rest);
    if (const auto deployment = after(rest, "/deployments"))
      deployed(*deployment);
  }

  /// `/{deployment}/{operation}`
  void deployed(std::string_view rest) {
    const std::size_t slash = rest.find('/', 1);
    if (slash == std::string_view::npos || !is_literal(rest.substr(slash)))
      return;
    post_with_model(kind::azure, rest.substr(1, slash - 1), rest.substr(slash));
  }

  bool is_post_;
  bool is_get_;
  std::string_view path_;
  route& to_;
};

kind shape_of(std::string_view path, kind otherwise) {
  if (path.substr(0, 8) == "/v1beta/")
    return kind::gemini;
  if (after(path, "/openai/v1"))
    return kind::openai;
  if (path.substr(0, 8) == "/openai/")
    return kind::azure;
  return otherwise;
}

} // namespace

route route_of(std::string_view method, std::string_view target, kind shape) {
  route result;
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  result.dialect = shape_of(path, shape);
  if (!std::all_of(target.begin(), target.end(), is_target_byte))
    return result;
  result.tail =
      without_credentials(target.substr(std::min(mark + 1, target.size())), result.credential);
  reader{method, path, result}.read();
  if (result.is != what::call)
    result.tail.clear();
  return result;
}

} // namespace keywheel::dialect
