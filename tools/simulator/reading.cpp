#include "tools/simulator/provider.hpp"
#include "tools/simulator/rendering.hpp"

#include <algorithm>
#include <charconv>

/// What a provider makes of a request's body.
namespace keywheel::simulator {
namespace {

bool is_form(endpoint where) {
  return where == endpoint::transcriptions || where == endpoint::translations
         || where == endpoint::image_edits || where == endpoint::image_variations;
}

/// The number behind "~`name`" in a model's name, or `otherwise`.
std::int64_t suffix_number(std::string_view model, std::string_view name, std::int64_t otherwise) {
  for (auto at = model.find('~'); at != std::string_view::npos; at = model.find('~', at + 1)) {
    auto rest = model.substr(at + 1);
    if (!rest.starts_with(name))
      continue;
    rest.remove_prefix(name.size());
    std::uint32_t number = 0;
    std::from_chars(rest.data(), rest.data() + rest.size(), number);
    return std::min<std::int64_t>(number, 1'000'000);
  }
  return otherwise;
}

} // namespace

/// The request's fields; null if they cannot be read, which is answered.
const scanned_body* provider::read(const call& c, char* body, std::size_t size) {
  auto result = is_form(c.x.where) ? read_form(c, {body, size}) : scanner_.scan(body, size);
  if (result == nullptr)
    refuse(c, {problem::kind::bad_json});
  return result;
}

/// A form's fields. Of a file counts the name, which is also what is echoed.
const scanned_body* provider::read_form(const call& c, std::string_view body) {
  auto parts = form_parts(c.request.head.content_type.in(c.request.base), body);
  form_ = {};
  for (auto& part : parts) {
    if (part.name == "model")
      form_.model = part.content;
    else if (part.name == "response_format")
      form_.encoding_format = part.content;
    else if (part.name == "prompt" || !part.filename.empty())
      form_.text_bytes += static_cast<std::int64_t>(part.content.size());
    if (!part.filename.empty())
      form_.last_user = part.filename;
    if (part.name == "n")
      std::from_chars(part.content.data(), part.content.data() + part.content.size(), form_.top_n);
  }
  return parts.empty() ? nullptr : &form_;
}

/// Makes the answer's text and counts its tokens; the model is the one that path or body name.
void provider::compose(const call& c, const scanned_body& body) {
  auto& head = c.request.head;
  bool by_path = c.x.speaks == dialect::azure || c.x.speaks == dialect::gemini;
  auto model = by_path ? route_of(c.request.path()).name : std::string_view{};
  if (model.empty())
    model = body.model;
  generation_.id.clear();
  random_.append_id(generation_.id, 29);
  generation_.created = c.wall_clock;
  generation_.model =
      c.x.where == endpoint::moderations && model.empty() ? "omni-moderation-latest" : model;
  generation_.prompt_tokens = body.prompt_tokens();
  bool special = model.find('~') != std::string_view::npos;
  generation_.cached_tokens =
      special ? suffix_number(model, "cached", head.cached_tokens) : head.cached_tokens;
  generation_.reasoning_tokens =
      special ? suffix_number(model, "reasoning", head.reasoning_tokens) : head.reasoning_tokens;
  compose_text(generation_, c.x.key->name(), c.x.key->counters.admitted + 1, body.last_user,
               static_cast<std::int64_t>(options_.tokens), body.max_tokens);
  if (!writes_text(c.x.where))
    generation_.answer_tokens = generation_.reasoning_tokens = 0;
}

} // namespace keywheel::simulator
