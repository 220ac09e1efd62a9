#include "dialect/made_ids.hpp"

#include "dialect/json_tree.hpp"
#include "dialect/query.hpp"

#include <algorithm>

namespace keywheel::dialect {

std::string upload_of(std::string_view url) {
  const std::size_t mark = url.find('?');
  return mark == std::string_view::npos ? std::string{}
                                        : parameter_of(url.substr(mark), "upload_id");
}

void made_ids::read_head(const http::fields& headers) {
  if (dialect_ == kind::gemini)
    if (const auto url = headers.find("x-goog-upload-url"))
      add(upload_of(*url));
}

void made_ids::read_body(std::string_view json) {
  const json_tree tree{json};
  const auto* root = tree.root();
  const auto* file = member(root, "file");
  if (dialect_ == kind::gemini) {
    add(text_of(member(root, "name")));
    add(text_of(member(file, "name")));
    add(text_of(member(member(root, "response"), "responsesFile")));
    return;
  }
  add(text_of(member(root, "id")));
  add(text_of(member(file, "id")));
  add(text_of(member(root, "output_file_id")));
  add(text_of(member(root, "error_file_id")));
}

void made_ids::read_event(const stream_event& event) {
  if (settled_ || events_ == max_events)
    return;
  ++events_;
  const json_tree tree{event.data};
  const auto* root = tree.root();
  const std::string_view response = text_of(member(member(root, "response"), "id"));
  const std::string_view id = response.empty() ? text_of(member(root, "id")) : response;
  settled_ = !id.empty();
  add(id);
}

std::vector<std::string> made_ids::take() {
  std::vector<std::string> result{all_.begin() + static_cast<std::ptrdiff_t>(taken_), all_.end()};
  taken_ = all_.size();
  return result;
}

void made_ids::add(std::string_view id) {
  if (!id.empty() && id.size() <= max_size && all_.size() < max_ids
      && std::find(all_.begin(), all_.end(), id) == all_.end())
    all_.emplace_back(id);
}

} // namespace keywheel::dialect
