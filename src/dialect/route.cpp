#include "dialect/route.hpp"

#include "dialect/kept_paths.hpp"
#include "dialect/percent.hpp"
#include "dialect/query.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace keywheel::dialect {

namespace {

using what = route::what;

using format = route::body_format;

/// What becomes of an answer at the provider.
enum class keeping : std::uint8_t {
  never,
  unless_told, ///< it is kept unless the request's `store` is false
  if_told      ///< it is kept if that is true
};

struct post_path {
  std::string_view path;
  format body = format::json;
  keeping answer = keeping::never;
};

// OpenAI's API reference; rerank as Cohere, Jina and vLLM have it. Each is under /v1.
constexpr std::array openai_posts{
    post_path{"/chat/completions", format::json, keeping::if_told},
    post_path{"/completions"},
    post_path{"/responses", format::json, keeping::unless_told},
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

// Methods of a Gemini model that make a batch.
constexpr std::array<std::string_view, 2> batch_methods{":batchGenerateContent",
                                                        ":asyncBatchEmbedContent"};

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

/// Reads one path into `to`, which has the dialect for unknown paths and, as tail, the query.
class reader {
public:
  reader(std::string_view method, std::string_view path, route& to)
      : method_{method},
        is_post_{method == "POST"},
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
    if (path_ == "/v1beta/cachedContents" && is_post_)
      return cached_contents();
    if (kept(kind::gemini, path_))
      return;
    // OpenAI has files at the same place.
    if ((to_.dialect == kind::anthropic || after(path_, "/v1/messages"))
        && kept(kind::anthropic, path_))
      return;
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
        set_keeping(known.answer);
        return post(kind::openai, rest);
      }
    kept(kind::openai, rest);
  }

  void set_keeping(keeping answer) {
    to_.by_store = is_post_ && answer != keeping::never;
    to_.makes = is_post_ && answer == keeping::unless_told;
  }

  /// Its body has the model's name as the path has it elsewhere: "models/gemini-2.5-flash".
  void cached_contents() {
    post(kind::gemini, "/cachedContents");
    to_.makes = true;
  }

  /// Reads a path of what a provider keeps; false if it is none.
  bool kept(kind dialect, std::string_view path) {
    const auto found = kept_path_of(dialect, method_, path);
    if (!found)
      return false;
    const auto id = percent_decode(found->id);
    if (!id || id->find('/') != std::string::npos || (!id->empty() && !has_clean_segments(*id)))
      return true;
    to_.dialect = dialect;
    if (!found->known_method) {
      to_.is = what::wrong_method;
      to_.allow = allow_of(found->allowed | offered_elsewhere(dialect, path));
      return true;
    }
    to_.is = what::call;
    to_.model_in = route::model_place::none;
    to_.body = found->body;
    to_.makes = found->makes;
    to_.lists = found->lists;
    to_.removes = found->removes;
    if (dialect != kind::gemini)
      to_.refers = *id;
    else if (!id->empty())
      to_.refers = std::string{found->collection} + "/" + *id;
    else
      to_.refers = parameter_of(to_.tail, "upload_id");
    constexpr std::string_view version = "/v1beta";
    to_.tail.insert(0, dialect == kind::gemini && path.starts_with(version)
                           ? path.substr(version.size())
                           : path);
    return true;
  }

  /// A method of the path that is no call without a model.
  static std::uint8_t offered_elsewhere(kind dialect, std::string_view path) {
    return dialect == kind::gemini && path == "/v1beta/cachedContents" ? kept_path::post
                                                                       : kept_path::none;
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
    to_.makes = to_.is == what::call && contains(batch_methods, rest.substr(colon));
  }

  /// What stands beside an Azure resource's v1, and needs an `api-version`.
  void azure(std::string_view rest) {
    if (const auto model = after(rest, "/models"))
      return models(kind::azure, *model);
    if (contains(azure_posts, rest)) {
      set_keeping(keeping::unless_told);
      return post(kind::azure, rest);
    }
    if (kept(kind::azure, rest))
      return;
    if (const auto deployment = after(rest, "/deployments"))
      deployed(*deployment);
  }

  /// `/{deployment}/{operation}`
  void deployed(std::string_view rest) {
    const std::size_t slash = rest.find('/', 1);
    if (slash == std::string_view::npos || !is_literal(rest.substr(slash)))
      return;
    post_with_model(kind::azure, rest.substr(1, slash - 1), rest.substr(slash));
    to_.by_store = to_.is == what::call && rest.substr(slash) == "/chat/completions";
  }

  std::string_view method_;
  bool is_post_;
  bool is_get_;
  std::string_view path_;
  route& to_;
};

kind shape_of(std::string_view path, kind otherwise) {
  if (path.substr(0, 8) == "/v1beta/" || after(path, "/upload/v1beta")
      || after(path, "/download/v1beta"))
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
