#pragma once

#include "dialect/dialect.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// What a request on the data port asks for.
struct route {
  enum class what : std::uint8_t {
    call,        ///< goes to a provider
    list_models, ///< GET /v1/models
    one_model,   ///< GET /v1/models/{model}; `model` is set
    unknown,     ///< no such path
    wrong_method ///< a known path with another method; `allow` is set
  };
  enum class model_place : std::uint8_t {
    body,
    path,
    none ///< the call is about a thing that the provider keeps, and its body may be of any type
  };
  enum class body_format : std::uint8_t {
    json,
    form,  ///< multipart/form-data, which has files in it
    opaque ///< with model_in none: files and parts of them, never looked into
  };

  what is = what::unknown;
  kind dialect = kind::openai; ///< of the caller; its shape of errors
  model_place model_in = model_place::body;
  body_format body = body_format::json; ///< that the path takes, where the model stands in it
  std::string model;                    ///< where model_in is path, percent-decoded
  std::string tail;       ///< of a call: what follows the base URL's place, "/chat/completions?x=y"
                          ///< (anthropic: "/v1/messages"); with model_in path, what follows the
                          ///< model: ":generateContent?alt=sse", "/chat/completions?api-version=1"
  std::string refers;     ///< the id in the path, decoded: "file-abc", with Gemini "files/abc";
                          ///< of an upload that goes on, its `upload_id`; else empty
  bool makes = false;     ///< the answer names something that the provider keeps from now on, or
                          ///< what has come of it (a batch's files)
  bool by_store = false;  ///< the body's `store`, where it is there, decides about `makes`
  bool lists = false;     ///< GET of a collection
  bool removes = false;   ///< a success means that the provider no longer keeps `refers`
  std::string_view allow; ///< for wrong_method: value of the Allow header
  std::string credential; ///< the caller's, if the query had one (`?key=`, Gemini), decoded
};

/// Reads method and target (origin-form, query included) as DESIGN §5.3 lists them. HEAD is read as
/// GET. Credentials in the query are taken out of `tail`. `shape` is the dialect that the headers
/// speak (anthropic where there is an `anthropic-version`): it counts where the path says nothing,
/// which is GET /v1/models and unknown paths.
route route_of(std::string_view method, std::string_view target, kind shape = kind::openai);

/// The same target without parameters that carry credentials.
std::string without_credentials(std::string_view target);

/// Whether a provider of that dialect at that base URL takes a caller's calls: equal dialects, and
/// openai calls at an azure base URL that ends in "/v1", which speaks openai's protocol, or has no
/// path: a resource has both.
bool compatible(kind caller, kind provider, std::string_view base_url);

/// The format that a Content-Type announces; nothing for other ones.
std::optional<route::body_format> body_format_of(std::string_view content_type);

/// The model that a body names, as callers name it elsewhere: Gemini's without "models/".
std::string_view model_from_body(const route& of, std::string_view model);

/// The upstream model name as it is written in the body of a call, in place of the caller's.
std::string model_in_body(const route& of, std::string_view model);

/// The provider's URL for a call: base URL, path and query in the provider's dialect. A base URL
/// without a path gets the usual one where a dialect has one: Gemini "/v1beta", Azure "/openai"
/// or "/openai/v1". `model` is the upstream model name, percent-encoded here where the dialect has
/// it in the path.
/// @pre compatible(of.dialect, provider, base_url)
std::string upstream_url(kind provider, std::string_view base_url, const route& of,
                         std::string_view model);

} // namespace keywheel::dialect
